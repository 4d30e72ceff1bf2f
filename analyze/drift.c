/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A one-way analysis of variance over the repetitions, with the cells as blocks (Montgomery, Design and Analysis of
   Experiments, chapter 4): the cells' means take one degree of freedom each. */
#include "analyze/drift.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

struct repetition {
    double sum; /* of standardised runs */
    double runs;
};

struct table_of_repetitions {
    struct repetition *repetition;
    size_t repetitions;
    double squares, runs, cells;
};

/* A run that has the metric. */
struct entry {
    const struct run *run;
    double value;
};

static int compare_entries(const void *a, const void *b)
{
    const struct run *left = ((const struct entry *)a)->run, *right = ((const struct entry *)b)->run;

    if (left->started < right->started || left->started > right->started)
        return left->started < right->started ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

/* Adds the runs of one cell, if they scatter. */
static void add_cell(struct table_of_repetitions *table, struct entry *entry, size_t runs)
{
    double mean = runs > 0 ? gsl_stats_mean(&entry->value, sizeof *entry / sizeof entry->value, runs) : NAN;
    double sd = runs > 1 ? gsl_stats_sd(&entry->value, sizeof *entry / sizeof entry->value, runs) : 0;

    if (!(sd > 0))
        return;
    qsort(entry, runs, sizeof *entry, compare_entries);
    for (size_t i = 0; i < runs; i++) {
        double distance = (entry[i].value - mean) / sd;

        table->repetition[i].sum += distance;
        table->repetition[i].runs++;
        table->squares += distance * distance;
    }
    table->repetitions = runs > table->repetitions ? runs : table->repetitions;
    table->runs += (double)runs;
    table->cells++;
}

/* Takes the ok runs with a value among `count` runs. Returns how many there are. */
static size_t list_entries(struct entry *entry, const struct run *const *run, size_t count, enum metric metric)
{
    size_t entries = 0;

    for (size_t i = 0; i < count; i++)
        if (run[i]->status == SAMPLE_OK && isfinite(run[i]->value[metric]))
            entry[entries++] = (struct entry){run[i], run[i]->value[metric]};
    return entries;
}

static size_t count_runs(const struct series_list *list)
{
    size_t runs = 0;

    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < list->series[i].cells; k++)
            runs += list->series[i].cell[k].runs + list->series[i].cell[k].failed + list->series[i].cell[k].unknown;
    return runs;
}

static void add_all(struct table_of_repetitions *table, const struct series_list *list, struct entry *entry)
{
    const struct run *const *run = list->run;

    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < list->series[i].cells; k++) {
            const struct cell *cell = &list->series[i].cell[k];
            size_t count = cell->runs + cell->failed + cell->unknown;

            add_cell(table, entry, list_entries(entry, run, count, list->series[i].metric));
            run += count;
        }
}

static struct drift test(const struct table_of_repetitions *table)
{
    double between = 0, dof = (double)table->repetitions - 1, error_dof = table->runs - table->cells - dof;
    double least = INFINITY, most = -INFINITY;
    struct drift drift = {NAN, NAN, NAN};

    if (table->repetitions < 2 || error_dof < 1)
        return drift;
    for (size_t i = 0; i < table->repetitions; i++) {
        const struct repetition *repetition = &table->repetition[i];

        between += repetition->sum * repetition->sum / repetition->runs;
        least = fmin(least, repetition->sum / repetition->runs);
        most = fmax(most, repetition->sum / repetition->runs);
    }
    drift.f = between / dof / ((table->squares - between) / error_dof);
    drift.p = gsl_cdf_fdist_Q(drift.f, dof, error_dof);
    drift.range = most - least;
    return drift;
}

struct drift drift_of(const struct series_list *list)
{
    size_t runs = count_runs(list);
    struct table_of_repetitions table = {.repetition = calloc(runs + 1, sizeof *table.repetition)};
    struct entry *entry = calloc(runs + 1, sizeof *entry);
    struct drift drift = {NAN, NAN, NAN};

    if (table.repetition && entry) {
        add_all(&table, list, entry);
        drift = test(&table);
    }
    free(table.repetition);
    free(entry);
    return drift;
}
