/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of the other methods, where a line holds. */
#include "tests/analyze/coverage.h"

#include <math.h>
#include <stdio.h>

#define ROUNDS_SHARE 2
#define ERRORS 2 /* standard errors of the simulation that are allowed for */

/* What each method promises: robust any scatter and outliers; wls any scatter, from the runs on at which the weights of
   counts are known; ols equal scatter. The others promise nothing. */
static bool is_promised(const struct design *design, enum fit_method method, size_t runs)
{
    bool equal = design->share == 0 && design->root == 0 && design->hiccups == 0;

    return method == FIT_ROBUST || (method == FIT_WLS && design->hiccups == 0 && runs >= COVERAGE_FEW_RUNS) ||
           (method == FIT_OLS && equal);
}

static bool print_held(const struct tally *held, size_t runs, bool promised)
{
    bool broken = tally_is_below(held, coverage_promise(runs), ERRORS);

    printf("  %5.1f%c", 100 * tally_share(held), broken ? promised ? '!' : '*' : ' ');
    return broken && promised;
}

static size_t simulate(const struct design *design, enum fit_method method, size_t runs, size_t rounds)
{
    const struct design_sample sample = {design, &design_counts[DESIGN_COUNTS_5], runs, "host", "model", 1, 0};
    double first = design_mean(design, 0), last = design_mean(design, DESIGN_LARGEST_COUNT);
    struct tally overhead = {0, 0}, baseline = {0, 0};
    gsl_rng *random = coverage_random();
    static struct study study;
    size_t broken;

    for (size_t round = 0; round < rounds; round++) {
        study_new(&study, &sample, random, method);
        tally_add_limits(&overhead, study.fit.overhead.low, study.fit.overhead.high,
                         (last - first) / DESIGN_LARGEST_COUNT);
        tally_add_limits(&baseline, study.fit.baseline.low, study.fit.baseline.high, first);
        study_free(&study);
    }
    gsl_rng_free(random);
    printf("%-26s %2zu  %-9s", design->name, runs, fit_method_names[method]);
    broken = print_held(&overhead, runs, is_promised(design, method, runs));
    broken += print_held(&baseline, runs, is_promised(design, method, runs));
    putchar('\n');
    return broken;
}

size_t coverage_lines(size_t rounds)
{
    static const char *const names[] = {"line, equal noise", "line, growing noise", "line, root-N noise",
                                        "line, growing, hiccups"};
    static const size_t runs[] = {3, 5, 10, 20};
    size_t broken = 0;

    printf("\nLines by the other methods, 5 counts: how often 95 %% limits hold the truth, in %%\n\n%-26s %2s  %-9s  "
           "%s  %s\n",
           "DESIGN", "n", "METHOD", "OVERH.", "BASEL.");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t j = 0; j < sizeof runs / sizeof *runs; j++)
            for (int method = FIT_ROBUST; method < FIT_METHOD_COUNT; method++)
                broken += simulate(design_find(names[i]), (enum fit_method)method, runs[j], rounds / ROUNDS_SHARE + 1);
    printf("\nNot promised: ols and ols-hc3 but for equal scatter, theil-sen, and with outliers or few runs wls, since "
           "they\n"
           "take for granted what does not hold there\n");
    return broken;
}
