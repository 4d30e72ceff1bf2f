/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processor time of a run, by two clocks: that of its first process, which counts nanoseconds and the threads that
   are running now, but no other process; and that of its control group, which counts all processes, but those that are
   running now only up to the kernel's last tick (some milliseconds), and on version 2 in microseconds. */
#ifndef TASKWEIGHT_COLLECT_CPU_CLOCK_H
#define TASKWEIGHT_COLLECT_CPU_CLOCK_H

#include "collect/cgroup.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Zeroed, it tells of the moment alone. */
struct cpu_clock {
    bool has_process;
    clockid_t process;
    const struct cgroup *group; /* borrowed; NULL: none */
};

/* One moment. Processor times are SAMPLE_UNKNOWN where a clock cannot be read. */
struct cpu_clock_reading {
    int64_t at_us; /* by the monotonic clock */
    int64_t process_ns, group_ns;
};

/* The clocks of a process and of the group in which it is, of version 2 or of cpuacct. */
struct cpu_clock cpu_clock_of(pid_t pid, const struct cgroup *group);

/* Reads the moment first and the group's clock last. */
struct cpu_clock_reading cpu_clock_read(const struct cpu_clock *clock);

#endif
