/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which limit of the system a process has met, found by looking at what it holds. */
#ifndef TASKWEIGHT_COLLECT_LIMIT_H
#define TASKWEIGHT_COLLECT_LIMIT_H

#include <stddef.h>
#include <sys/types.h>

/* Writes "NAME VALUE" for every limit that is used up but for 1 %, separated by ", "; "" if there is none. `proc` is a
   descriptor of /proc or of a directory like it; a limit of which nothing can be read is passed over. */
void limit_describe(int proc, pid_t pid, char *text, size_t size);

#endif
