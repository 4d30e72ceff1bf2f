/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the samples of a recording one by one. A part of a file can be read alone: all parts but the first skip the
 * samples up to their first end row, and each ends with the first end row behind its span. recording.c has a picture.
 */
#ifndef TASKWEIGHT_ANALYZE_SAMPLES_H
#define TASKWEIGHT_ANALYZE_SAMPLES_H

#include "analyze/rows.h"
#include "analyze/texts.h"
#include "collect/sample.h"

/* Takes a sample, or NULL for a wrong row, which spoils its run. Returns -1 where memory runs out, otherwise 0. */
typedef int samples_take(void *context, const struct sample *sample);

/* Reads the samples; their texts are interned in `texts`. Returns -1 and an error "path:line: ..." for the first fault;
 * the good samples have then been taken. */
int samples_read(const char *path, struct rows_span span, struct texts *texts, samples_take *take, void *context,
                 struct error *error);

#endif
