/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts: on many models that cost the same, and of the gate on a recording in which all takes more. */
#include "tests/analyze/coverage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MODELS 33
#define TABLES_SHARE 10 /* one table of ratios for so many rounds: it takes the longest */
#define GATES_SHARE 4
#define ERRORS 2 /* standard errors of the simulation that are allowed for */

static const struct table_request plain_request = {
    .selection = {.metric = METRIC_PEAK, .confidence = COVERAGE_CONFIDENCE},
    .method = FIT_CURVE,
    .metric_chosen = true,
    .fail_above = NAN,
};

static size_t share_of(size_t rounds, size_t share)
{
    return rounds / share > 0 ? rounds / share : 1;
}

/* --- ratios of equal models --------------------------------------------------------------------------------------- */

/* Whether some of the models is said to cost more or less than the lightest, which is picked from the same runs. */
static bool tells_equals_apart(const struct design *design, size_t runs, gsl_rng *random)
{
    static struct run run[MODELS * DESIGN_MAX_COUNTS * DESIGN_MAX_RUNS];
    static char name[MODELS][8];
    struct recordings recordings = {.run = run};
    struct table_request request = plain_request;
    struct table table;
    bool found;

    for (size_t i = 0; i < MODELS; i++) {
        struct design_sample sample = {design, &design_counts[DESIGN_COUNTS_5], runs, "host", name[i], 1, 0};

        snprintf(name[i], sizeof name[i], "m%zu", i);
        design_draw(&sample, random, &recordings);
    }
    request.recordings = &recordings;
    table = coverage_table(table_ratios, &request);
    found = coverage_table_proves(&table);
    table_free(&table);
    return found;
}

static size_t simulate_ratios(const char *name, size_t runs, size_t rounds)
{
    gsl_rng *random = coverage_random();
    struct tally told = {0, 0};
    bool broken;

    for (size_t round = 0; round < share_of(rounds, TABLES_SHARE); round++)
        tally_add(&told, tells_equals_apart(design_find(name), runs, random));
    gsl_rng_free(random);
    broken = tally_is_above(&told, 1 - coverage_promise(runs), ERRORS);
    printf("%-26s %2zu  %5.1f%c\n", name, runs, 100 * tally_share(&told), broken ? '!' : ' ');
    return broken;
}

static size_t simulate_all_ratios(size_t rounds)
{
    static const char *const names[] = {"line, equal noise", "line, growing noise", "line, garbage",
                                        "Java-like, growing"};
    static const size_t runs[] = {3, 5, 10};
    size_t broken = 0;

    printf("\n%d models that cost the same, %zu tables: how often one is said to differ, in %%\n\n%-26s %2s\n", MODELS,
           share_of(rounds, TABLES_SHARE), "DESIGN", "n");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t j = 0; j < sizeof runs / sizeof *runs; j++)
            broken += simulate_ratios(names[i], runs[j], rounds);
    return broken;
}

/* --- the gate ----------------------------------------------------------------------------------------------------- */

static const struct gate {
    double growth, allowed; /* shares */
    double least_alarms;    /* that are promised from 5 runs a count on; 0: none */
} gates[] = {{0, 0.05, 0}, {0.06, 0.05, 0}, {0.06, 0.03, 0}, {0.2, 0.05, 0.93}};

/* How often the gate failed, could not tell, and passed. */
struct outcomes {
    struct tally alarms, doubts, passes;
};

static void run_gate(struct outcomes *outcomes, const struct design *design, const struct gate *gate, size_t runs,
                     gsl_rng *random)
{
    static struct run old_run[DESIGN_MAX_COUNTS * DESIGN_MAX_RUNS], new_run[DESIGN_MAX_COUNTS * DESIGN_MAX_RUNS];
    struct recordings older = {.run = old_run}, newer = {.run = new_run};
    struct design_sample sample = {design, &design_counts[DESIGN_COUNTS_5], runs, "host", "model", 1, 0};
    struct table_request request = plain_request;
    struct table table;

    design_draw(&sample, random, &older);
    sample.factor = 1 + gate->growth;
    design_draw(&sample, random, &newer);
    request.recordings = &newer;
    request.against = &older;
    request.fail_above = gate->allowed;
    table = coverage_table(table_changes, &request);
    tally_add(&outcomes->alarms, table.has_failed);
    tally_add(&outcomes->doubts, table.alarm && !table.has_failed);
    tally_add(&outcomes->passes, !table.alarm);
    table_free(&table);
}

/* Of what is more than allowed few may pass, of what is not few may fail. */
static bool breaks_promise(const struct outcomes *outcomes, const struct gate *gate, size_t runs)
{
    const struct tally *wrong = gate->growth > gate->allowed ? &outcomes->passes : &outcomes->alarms;

    return tally_is_above(wrong, 1 - coverage_promise(runs), ERRORS) ||
           tally_is_below(&outcomes->alarms, gate->least_alarms, ERRORS);
}

static size_t simulate_gate(const char *name, const struct gate *gate, size_t runs, size_t rounds)
{
    gsl_rng *random = coverage_random();
    struct outcomes outcomes = {{0, 0}, {0, 0}, {0, 0}};
    bool broken;

    for (size_t round = 0; round < share_of(rounds, GATES_SHARE); round++)
        run_gate(&outcomes, design_find(name), gate, runs, random);
    gsl_rng_free(random);
    broken = breaks_promise(&outcomes, gate, runs);
    printf("%-26s %2zu  %+4.0f %%  %4.0f %%  %6.1f %9.1f %7.1f%s\n", name, runs, 100 * gate->growth,
           100 * gate->allowed, 100 * tally_share(&outcomes.alarms), 100 * tally_share(&outcomes.doubts),
           100 * tally_share(&outcomes.passes), broken ? " !" : "");
    return broken;
}

static size_t simulate_all_gates(size_t rounds)
{
    static const char *const names[] = {"Java-like, growing", "line, equal noise"};
    static const size_t runs[] = {5, 10, 20};
    size_t broken = 0;

    printf("\nThe gate (--fail-above), in %%\n\n%-26s %2s  %6s  %6s  %6s %9s %7s\n", "DESIGN", "n", "GROWTH", "ALLOWS",
           "FAILS", "DOUBTS", "PASSES");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t j = 0; j < sizeof gates / sizeof *gates; j++)
            for (size_t k = 0; k < sizeof runs / sizeof *runs; k++)
                broken += simulate_gate(names[i], &gates[j], runs[k], rounds);
    return broken;
}

size_t coverage_verdicts(size_t rounds)
{
    return simulate_all_ratios(rounds) + simulate_all_gates(rounds);
}
