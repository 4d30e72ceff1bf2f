/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The samples of a recording, one after the other. A part of a file may be read by itself: where it begins behind the
   header row, what comes up to its first end row is skipped, and it ends with the first end row behind its span. There
   is a picture in recording.c. */
#ifndef TASKWEIGHT_ANALYZE_SAMPLES_H
#define TASKWEIGHT_ANALYZE_SAMPLES_H

#include "analyze/rows.h"
#include "analyze/texts.h"
#include "collect/sample.h"

/* Takes a sample, or NULL for a row that is none: the run that it belongs to is spoiled. Returns -1 where memory runs
   out, otherwise 0. */
typedef int samples_take(void *context, const struct sample *sample);

/* Reads the samples. Their texts are kept in `texts`: those that are equal are the same. Returns -1 and an error
   "path:line: ..." for the first thing that is wrong; what is good has then been taken. */
int samples_read(const char *path, struct rows_span span, struct texts *texts, samples_take *take, void *context,
                 struct error *error);

#endif
