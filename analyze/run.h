/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples gathered into runs. */
#ifndef TASKWEIGHT_ANALYZE_RUN_H
#define TASKWEIGHT_ANALYZE_RUN_H

#include "analyze/recording.h"
#include "analyze/rows.h"

/* The runs of a part of a file. */
struct run_list {
    struct run *run; /* their texts are interned in `texts` */
    size_t runs;
    size_t interrupted, spoiled, passed_over, of_other_work; /* as in struct recording_file */
    struct texts texts;
    bool keeps_traces; /* as in struct recordings */
};

/* Fills the list, which is all zero but for keeps_traces. Returns -1 or SAMPLES_STOPPED (samples.h) and an error where
 * something is wrong; the list then has the good runs. */
int run_list_read(struct run_list *list, const char *path, struct rows_span span, struct error *error);

/* Takes the runs and their traces away, but not their texts. */
void run_list_forget(struct run_list *list);

/* Frees all but the texts and the traces. */
void run_list_free(struct run_list *list);

#endif
