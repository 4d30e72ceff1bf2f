/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences that compare models: one is named as the least or the most only where that is proven, otherwise with all
 * that are not told apart from it. The harness's own models are not compared: they are no findings. */
#ifndef TASKWEIGHT_PLOT_FINDING_H
#define TASKWEIGHT_PLOT_FINDING_H

#include "plot/chart.h"

/* What is compared of a model, in the metric's unit. */
struct finding_side {
    size_t series;
    int64_t tasks; /* at that count; 0: per task */
    struct estimate estimate;
};

/* Sides of one host, work and count are a group, and compared with each other. */
struct finding {
    struct finding_side *side; /* by host, work, count and value */
    size_t sides, without_error;
    double *p; /* sides * sides: for two of a group being equal, by Welch's test, adjusted for the pairs of all groups
                  by Holm's method; otherwise NaN */
    double significance;
};

/* Room for so many sides; where memory runs out the figure says so, and nothing is compared. Free it. */
struct finding finding_new(struct figure *figure, const struct chart_data *data, size_t room);
void finding_free(struct finding *finding);

/* Adds a side, unless it is one of the harness's own. One without an error is only counted: nothing is proven of it. */
void finding_add(struct finding *finding, const struct chart_data *data, struct finding_side side);

/* Adds the mean of a cell, outliers included: what charts draw. */
void finding_add_cell(struct finding *finding, const struct chart_data *data, size_t series, const struct cell *cell);

/* Compares all sides, once they are added. */
void finding_compare(struct figure *figure, const struct chart_data *data, struct finding *finding);

/* The overheads of the fits, compared. */
struct finding finding_of_overheads(struct figure *figure, const struct chart_data *data);

/* How many sides there are in the group that begins at `first`. */
size_t finding_group(const struct finding *finding, const struct chart_data *data, size_t first);

/* An end of a group: the least or the most, and what is not told apart from it. */
struct finding_end {
    const char *names;  /* "a", or "a, b, c and 2 more" */
    const char *phrase; /* ..., in the middle of a sentence: "a", or "a and b, not told apart," */
    const char *values; /* "1.00 KiB", or "1.00 KiB to 1.10 KiB" */
    size_t models;
    size_t side; /* the one with the least or the largest value */
};

struct finding_end finding_least(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                                 size_t first);
struct finding_end finding_most(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                                size_t first);

/* Whether the least and the most of a group are told apart. */
bool finding_tells_ends_apart(const struct finding *finding, const struct chart_data *data, size_t first);

/* What a sentence says of one model (0) and of several (1). */
struct finding_words {
    const char *least[2], *most[2];
};

/* A sentence for each group: "Of 2 models with 1M tasks, a takes the least, 1.00 MiB, and b the most, 2.00 MiB." NULL
 * where nothing can be compared. */
const char *finding_tell(struct figure *figure, const struct chart_data *data, const struct finding *finding,
                         const struct finding_words *words);

/* Why no overheads are compared, or none is known to be above 0. */
const char *finding_lack(struct figure *figure, const struct chart_data *data);

/* Whether any model is not one of the harness's own. */
bool finding_has_models(const struct chart_data *data);

/* "On HOST, ", or "" where the recordings are of one host only. */
const char *finding_host(struct figure *figure, const struct chart_data *data, size_t series);

/* Adds a name, at its place of so many, to "a", "a and b" or "a, b, c and 2 more"; begins with any text. */
const char *finding_join(struct figure *figure, const char *names, const char *name, size_t place, size_t models);

/* "with 1 task", "with 1M tasks" */
const char *finding_count(struct figure *figure, int64_t tasks);

#endif
