/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of the machine as a whole. */
#ifndef TASKWEIGHT_COLLECT_MACHINE_H
#define TASKWEIGHT_COLLECT_MACHINE_H

#include <stdint.h>

struct machine_memory {
    int64_t available_bytes; /* MemAvailable: what can be had without swapping */
    int64_t kernel_bytes;    /* kernel stacks, page tables and unreclaimable slab */
};

/* Reads the file "meminfo" below `proc`, a descriptor of /proc. A missing MemAvailable reads as INT64_MAX and missing
   kernel figures as 0, so that they bound nothing. */
struct machine_memory machine_memory_read(int proc);

#endif
