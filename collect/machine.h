/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine as a whole: how much memory it has left, and what it is. */
#ifndef TASKWEIGHT_COLLECT_MACHINE_H
#define TASKWEIGHT_COLLECT_MACHINE_H

#include <stdint.h>

struct machine_memory {
    int64_t available_bytes; /* MemAvailable: what can be had without swapping */
    int64_t kernel_bytes;    /* kernel stacks, page tables and unreclaimable slab of everything that runs */
};

/* Reads the file "meminfo" in the directory behind the descriptor `proc`. Where it does not say, all that can be
   counted is available and the kernel holds nothing: nothing is then predicted or bounded by it. */
struct machine_memory machine_memory_read(int proc);

#endif
