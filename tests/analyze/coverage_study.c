/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of coverage share. */
#include "tests/analyze/coverage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end(const char *reason)
{
    fprintf(stderr, "coverage: %s\n", reason);
    exit(EXIT_FAILURE);
}

struct series_list coverage_series(const struct recordings *recordings, const struct series_selection *selection)
{
    struct series_list list;
    struct error error;

    if (series_list_new(&list, recordings, selection, &error) != 0)
        end(error.text);
    return list;
}

void study_new(struct study *study, const struct design_sample *sample, gsl_rng *random, enum fit_method method)
{
    const struct series_selection selection = {.metric = METRIC_PEAK, .confidence = COVERAGE_CONFIDENCE};

    study->recordings = (struct recordings){.run = study->run};
    design_draw(sample, random, &study->recordings);
    study->list = coverage_series(&study->recordings, &selection);
    study->fit = fit_series(&study->list.series[0], method, COVERAGE_CONFIDENCE);
}

void study_free(struct study *study)
{
    series_list_free(&study->list);
}

void tally_add(struct tally *tally, bool yes)
{
    tally->tried++;
    tally->yes += yes;
}

void tally_add_limits(struct tally *tally, double low, double high, double truth)
{
    tally_add(tally, !(truth < low) && !(truth > high));
}

double tally_share(const struct tally *tally)
{
    return (double)tally->yes / (double)tally->tried;
}

static double standard_error(const struct tally *tally)
{
    double share = tally_share(tally);

    return sqrt(share * (1 - share) / (double)tally->tried);
}

bool tally_is_below(const struct tally *tally, double promise, double errors)
{
    return tally_share(tally) + errors * standard_error(tally) < promise;
}

bool tally_is_above(const struct tally *tally, double promise, double errors)
{
    return tally_share(tally) - errors * standard_error(tally) > promise;
}

double coverage_promise(size_t runs)
{
    return runs < COVERAGE_FEW_RUNS ? COVERAGE_PROMISE_FEW : COVERAGE_PROMISE;
}

struct table coverage_table(table_build *build, const struct table_request *request)
{
    struct table table;
    struct error error;

    if (build(&table, request, &error) != 0)
        end(error.text);
    return table;
}

bool coverage_table_proves(const struct table *table)
{
    size_t column = 0;

    while (!table->column[column].name || strcmp(table->column[column].name, "p_holm") != 0)
        column++;
    for (size_t i = 0; i < table_rows(table); i++)
        if (table_at(table, i, column)->number < 1 - COVERAGE_CONFIDENCE)
            return true;
    return false;
}

gsl_rng *coverage_random(void)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);

    if (!random)
        end("out of memory");
    gsl_rng_set(random, COVERAGE_SEED);
    return random;
}
