/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a sweep is, in a line as long as there is room. */
#ifndef TASKWEIGHT_COLLECT_PROGRESS_H
#define TASKWEIGHT_COLLECT_PROGRESS_H

#include "collect/sweep.h"

#include <stddef.h>

/* Long enough for a model's name, which is a file's. */
#define PROGRESS_LINE_SIZE 512

/* Writes which run is being made and how long the rest takes: "12 of 400: libuv with 10k tasks, about 3 min 20 s left".
   Of shorter and shorter ways to say so it takes the first of at most `columns` bytes, which are no fewer than columns;
   "" where none fits. */
void progress_line(char line[PROGRESS_LINE_SIZE], const struct sweep_progress *progress, size_t columns);

#endif
