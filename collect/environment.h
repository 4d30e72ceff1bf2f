/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a measurement depends on beside its models, as JSON: a fact that this machine does not tell is left out. */
#ifndef TASKWEIGHT_COLLECT_ENVIRONMENT_H
#define TASKWEIGHT_COLLECT_ENVIRONMENT_H

#include <json-c/json.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ENVIRONMENT_PROCESSOR_SIZE 256

/* The processor by the cpuinfo in a directory (`proc`, of /proc): its name, or on ARM64, IBM Z and some RISC-V the
   numbers that stand for one; several where its cores differ. False where there is none. */
bool environment_processor(int proc, char text[ENVIRONMENT_PROCESSOR_SIZE]);

/* Processor, memory, kernel, its settings and limits. The caller owns the object. */
json_object *environment_machine(const char *host);

/* What steers a runtime from outside: the variables of the environment that are set and known to do so (all others may
   be secrets and stay out), and what a process hands down to its children: limit of the stack, processors, nice value
   and scheduling policy. The caller owns the object. */
json_object *environment_steering(void);

/* The processors of the set (`size` bytes) as the kernel lists them: "0-3,8". */
void environment_write_processors(const cpu_set_t *set, size_t size, FILE *stream);

/* Versions of collect (as given), the C library and the compiler. The caller owns the object. */
json_object *environment_versions(const char *collect);

#endif
