/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the system limits that a process has hit, by what it uses. */
#ifndef TASKWEIGHT_COLLECT_LIMIT_H
#define TASKWEIGHT_COLLECT_LIMIT_H

#include "collect/groups.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What limits a run: the process itself, the groups made for it, and those around collect. */
struct limit_scope {
    int proc; /* descriptor of /proc or of a directory like it */
    pid_t pid;
    const struct run_groups *run;
    const struct groups *groups;
};

/* Writes "NAME VALUE" for every limit used to at least 99 %, separated by ", ", each with the option that raises it, if
   one does; "" if there is none. Limits that cannot be read are skipped. */
void limit_describe(const struct limit_scope *scope, char *description, size_t size);

/* How many processes and threads a run may have, so that others on the machine can still start some: what the kernel
   allows, less those that run now, less a reserve. */
int64_t limit_processes(int proc);

/* The same as a limit of this process's user: with those that the user has now. */
int64_t limit_processes_of_user(int proc);

/* The same for vm.max_map_count, where no process is left whose mappings could be counted, or it has given some back
   already: by what a program with so many tasks said when it failed. */
void limit_suspect(int proc, const char *words, int64_t tasks, char *text, size_t size);

#endif
