/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a measurement depends on beside its models, as JSON: a fact that this machine does not tell is left out. */
#ifndef TASKWEIGHT_COLLECT_ENVIRONMENT_H
#define TASKWEIGHT_COLLECT_ENVIRONMENT_H

#include <json-c/json.h>
#include <stdbool.h>

#define ENVIRONMENT_PROCESSOR_SIZE 256

/* The processor by the cpuinfo in a folder (`proc`, of /proc): its name, or on ARM64, IBM Z and some RISC-V the numbers
   that stand for one; several where its cores differ. False where there is none. */
bool environment_processor(int proc, char text[ENVIRONMENT_PROCESSOR_SIZE]);

/* Processor, memory, kernel, its settings and limits. The caller owns the object. */
json_object *environment_machine(const char *host);

/* Versions of collect (as given), the C library and the compiler. The caller owns the object. */
json_object *environment_versions(const char *collect);

#endif
