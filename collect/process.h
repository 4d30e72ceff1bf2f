/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the memory of a run's processes from /proc. */
#ifndef TASKWEIGHT_COLLECT_PROCESS_H
#define TASKWEIGHT_COLLECT_PROCESS_H

#include "collect/sample.h"

#include <sys/types.h>

enum process_depth {
    PROCESS_CHEAP, /* /proc/PID/status and stat: about 40 us a process, independent of its size */
    PROCESS_FULL,  /* smaps_rollup as well: walks every mapping under the process's mmap lock, up to a second */
};

/* Sums the process `root` and all its descendants into the memory, thread and processor time members of *sample; the
   others stay unchanged. peak_rss_bytes is the larger of root's VmHWM and the present sum of resident sets (the kernel
   updates VmHWM lazily: up to 296 KiB too low was seen). `proc` is a descriptor of /proc, or of a directory like it.
   Processes that end meanwhile are skipped. Returns how many were read, 0 if root is gone. */
int process_read(int proc, pid_t root, enum process_depth depth, struct sample *sample);

/* The process's start time in clock ticks since boot; 0 if there is no such process. */
unsigned long long process_start_ticks(int proc, pid_t pid);

/* Sends a signal to every child of the calling process. Returns how many there are. */
int process_signal_children(int proc, int signal);

#endif
