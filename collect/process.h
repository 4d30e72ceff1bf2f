/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the processes of a run weigh, read from /proc from outside. */
#ifndef TASKWEIGHT_COLLECT_PROCESS_H
#define TASKWEIGHT_COLLECT_PROCESS_H

#include "collect/sample.h"

#include <sys/types.h>

enum process_depth {
    PROCESS_CHEAP, /* /proc/PID/status and stat: about 40 us a process, whatever it maps */
    PROCESS_FULL,  /* smaps_rollup as well: walks every mapping under the process's mmap lock, up to a second */
};

/* Reads the process `root` and all its descendants and sums them up into the memory, thread and processor time members
   of *sample; the others are left alone. peak_rss_bytes is what these processes show now: the larger of root's VmHWM
   and the sum of the resident sets (VmHWM is kept up lazily and was seen up to 296 KiB below). `proc` is a descriptor
   of /proc, or of a directory like it. Processes that end meanwhile are passed over. Returns how many were read, 0 if
   root is gone. */
int process_read(int proc, pid_t root, enum process_depth depth, struct sample *sample);

/* When the process was started, in clock ticks since boot; 0 if there is none of that id. */
unsigned long long process_start_ticks(int proc, pid_t pid);

/* Sends a signal to every child of the calling process. Returns how many there are. */
int process_signal_children(int proc, int signal);

#endif
