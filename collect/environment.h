/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a measurement depends on beside its models, as JSON: a fact that this machine does not tell is left out. */
#ifndef TASKWEIGHT_COLLECT_ENVIRONMENT_H
#define TASKWEIGHT_COLLECT_ENVIRONMENT_H

#include <json-c/json.h>

/* Processor, memory, kernel, its settings and limits. The caller owns the object. */
json_object *environment_machine(const char *host);

/* Versions of collect (as given), the C library and the compiler. The caller owns the object. */
json_object *environment_versions(const char *collect);

#endif
