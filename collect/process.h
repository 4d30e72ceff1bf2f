/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the memory of a run's processes from /proc. */
#ifndef TASKWEIGHT_COLLECT_PROCESS_H
#define TASKWEIGHT_COLLECT_PROCESS_H

#include "collect/process_list.h"
#include "collect/sample.h"

#include <sys/types.h>

enum process_depth {
    PROCESS_CHEAP, /* /proc/PID/status and stat: about 40 us a process, independent of its size */
    PROCESS_FULL,  /* smaps_rollup as well: walks every mapping under the process's mmap lock, up to a second */
};

/* Sums the processes into the memory, thread and processor time members of *sample; the others stay unchanged, and what
   none of them shows becomes unknown. peak_rss_bytes is the larger of the largest VmHWM and the present sum of resident
   sets (the kernel updates VmHWM lazily: up to 296 KiB too low was seen). `proc` is a descriptor of /proc, or of a
   directory like it. Returns how many are alive; if none is, *sample stays unchanged. Of those that have ended, but
   have not been waited for, only the processor time counts. */
int process_read(int proc, const struct process_list *processes, enum process_depth depth, struct sample *sample);

/* The process's start time in clock ticks since boot; 0 if there is no such process. */
unsigned long long process_start_ticks(int proc, pid_t pid);

/* The process's parent; 0 if there is no such process. */
pid_t process_parent(int proc, pid_t pid);

#endif
