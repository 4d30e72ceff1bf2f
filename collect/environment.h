/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a measurement depends on besides its models, as JSON. Facts that this machine does not report are left out. */
#ifndef TASKWEIGHT_COLLECT_ENVIRONMENT_H
#define TASKWEIGHT_COLLECT_ENVIRONMENT_H

#include <json-c/json.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ENVIRONMENT_PROCESSOR_SIZE 256

/* Reads the processor's name from cpuinfo in a directory (`proc`, a descriptor of /proc): on ARM64, IBM Z and some
   RISC-V the numbers that identify it; several names if its cores differ. False if there is none. */
bool environment_processor(int proc, char text[ENVIRONMENT_PROCESSOR_SIZE]);

/* Processor, memory, kernel, its settings and limits. The caller owns the object. */
json_object *environment_machine(const char *host);

/* What steers a runtime from outside: the environment variables known to do so (others are left out, since they may be
   secrets), and what child processes inherit: stack limit, processors, nice value, scheduling policy and timer slack
   (nanoseconds). The caller owns the object. */
#define ENVIRONMENT_TIMER_SLACK "timer_slack_ns"
json_object *environment_steering(void);

/* The processors of the set (`size` bytes) as the kernel lists them: "0-3,8". */
void environment_write_processors(const cpu_set_t *set, size_t size, FILE *stream);

/* Versions of collect (as given), the C library and the compiler. The caller owns the object. */
json_object *environment_versions(const char *collect);

#endif
