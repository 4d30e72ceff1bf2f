/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of processes, found by who started whom. */
#ifndef TASKWEIGHT_COLLECT_PROCESS_LIST_H
#define TASKWEIGHT_COLLECT_PROCESS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Zeroed, it is empty. `proc` below is a descriptor of /proc, or of a directory like it. */
struct process_list {
    pid_t *pid;
    size_t count;
};

/* Returns false, and leaves the process out, where memory runs out. */
bool process_list_add(struct process_list *list, pid_t pid);

/* Takes the process out, if it is there. */
void process_list_remove(struct process_list *list, pid_t pid);

/* Adds the children of all threads of the process. */
void process_list_add_children(struct process_list *list, int proc, pid_t parent);

/* Adds the descendants of the process. Those are left out that descend from children older than its child `oldest`; 0
   leaves out none. Some that start or end meanwhile may be missing. */
void process_list_add_descendants(struct process_list *list, int proc, pid_t ancestor, pid_t oldest);

/* Frees its members, and empties it. */
void process_list_free(struct process_list *list);

#endif
