/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documentation/admin-guide/cgroup-v1/cpuacct.rst and cgroup-v2.rst of the kernel; clock_getcpuclockid(3). */
#include "collect/cpu_clock.h"

#define NANOSECONDS INT64_C(1000000000)

struct cpu_clock cpu_clock_of(pid_t pid, const struct cgroup *group)
{
    struct cpu_clock clock = {.group = group};

    clock.has_process = clock_getcpuclockid(pid, &clock.process) == 0;
    return clock;
}

static int64_t read_nanoseconds(clockid_t clock)
{
    struct timespec time;

    return clock_gettime(clock, &time) == 0 ? time.tv_sec * NANOSECONDS + time.tv_nsec : SAMPLE_UNKNOWN;
}

static int64_t read_group(const struct cgroup *group)
{
    int64_t microseconds;

    if (!group || !cgroup_exists(group))
        return SAMPLE_UNKNOWN;
    if (group->version == CGROUP_V1)
        return cgroup_number(group, "cpuacct.usage", NULL);
    microseconds = cgroup_number(group, "cpu.stat", "usage_usec");
    return microseconds == SAMPLE_UNKNOWN ? SAMPLE_UNKNOWN : microseconds * 1000;
}

struct cpu_clock_reading cpu_clock_read(const struct cpu_clock *clock)
{
    struct cpu_clock_reading reading;

    reading.at_us = read_nanoseconds(CLOCK_MONOTONIC) / 1000;
    reading.process_ns = clock->has_process ? read_nanoseconds(clock->process) : SAMPLE_UNKNOWN;
    reading.group_ns = read_group(clock->group);
    return reading;
}
