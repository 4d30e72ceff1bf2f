/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How late tasks woke: a log-linear histogram in constant memory, as HdrHistogram and fio (stat.c) have it. */
#ifndef TASKWEIGHT_MODELS_LATENESS_H
#define TASKWEIGHT_MODELS_LATENESS_H

#include <stdint.h>
#include <stdio.h>

/* 8 buckets an octave: a bucket's width is at most an eighth of its least value. Below 16 ns each value has its own. */
#define LATENESS_SUB_BITS 3
#define LATENESS_BUCKETS (64u << LATENESS_SUB_BITS)

/* Zeroed at first. It may lie in memory that processes share. */
struct lateness {
    _Atomic uint32_t late[LATENESS_BUCKETS], early[LATENESS_BUCKETS]; /* wake-ups by their distance from the plan */
};

/* Counts one wake-up at `now` that was planned for `due`, both in nanoseconds of one clock; from any thread. */
void lateness_note(struct lateness *lateness, uint64_t now, uint64_t due);

/* Writes "late LOW_NS COUNT" for each bucket that is not empty, ascending. LOW_NS is the least lateness that the bucket
   holds, in nanoseconds: of those who woke early it is negative. */
void lateness_write(const struct lateness *lateness, FILE *stream);

#endif
