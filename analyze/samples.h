/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the samples of a recording one by one. A part of a file can be read alone: all parts but the first skip the
 * samples up to their first end row, and each ends with the first end row behind its span. recording.c has a picture.
 */
#ifndef TASKWEIGHT_ANALYZE_SAMPLES_H
#define TASKWEIGHT_ANALYZE_SAMPLES_H

#include "analyze/rows.h"
#include "analyze/texts.h"
#include "collect/sample.h"

/* A row as a sample. A wrong row spoils its run; what it says of that is known where the fields were good. */
struct samples_row {
    const struct sample *sample; /* of a wrong row only what the following two tell is known */
    bool is_wrong;
    bool names_run; /* host, model, tasks and run are known */
    bool ends_run;  /* the phase is known, and is `end` */
};

/* Takes a row. Returns -1 where memory runs out, otherwise 0. */
typedef int samples_take(void *context, const struct samples_row *row);

/* Reads the samples; their texts are interned in `texts`. Blank rows and a header row that is repeated are passed over.
 * Returns -1 and an error "path:line: ..." for the first fault; the good samples have then been taken. Returns
 * SAMPLES_STOPPED where after that nothing in the file can be trusted, so that it was not read to its end. */
enum { SAMPLES_STOPPED = -2 };
int samples_read(const char *path, struct rows_span span, struct texts *texts, samples_take *take, void *context,
                 struct error *error);

#endif
