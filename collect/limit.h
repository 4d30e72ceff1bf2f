/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the system limits that a process has hit, by what it uses. */
#ifndef TASKWEIGHT_COLLECT_LIMIT_H
#define TASKWEIGHT_COLLECT_LIMIT_H

#include <stddef.h>
#include <sys/types.h>

/* Writes "NAME VALUE" for every limit used to at least 99 %, separated by ", "; "" if there is none. `proc` is a
   descriptor of /proc or of a directory like it. Limits that cannot be read are skipped. */
void limit_describe(int proc, pid_t pid, char *text, size_t size);

#endif
