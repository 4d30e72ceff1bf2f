/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule of collect --until, in plain code: runs are made until the 97.5 % limits of their mean are within 1 %, and
   the 95 % limits are then reported. */
#include "tests/analyze/coverage.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>

#define STOPPING_CONFIDENCE 0.975
#define WITHIN 0.01
#define LEAST_RUNS 8
#define MOST_RUNS 50 /* --runs' default beside --until */
#define ROUNDS_SHARE 10
#define ERRORS 2 /* standard errors of the simulation that are allowed for */

/* Shares of the typical run. */
struct runs {
    double deviation;
    double modes, apart;   /* the share of runs that take so much more */
    const char *exemption; /* NULL: promised */
};

static const char all_of_one_mode[] = "the first 8 runs are all of one mode in 1 of 17 cells, and end it";

static const struct runs kinds[] = {
    {0.01, 0, 0, NULL},
    {0.02, 0, 0, NULL},
    {0.03, 0, 0, NULL},
    {0.003, 0.3, 0.01, all_of_one_mode},
    {0.003, 0.3, 0.03, all_of_one_mode},
    {0.003, 0.3, 0.1, all_of_one_mode},
};

static double half_width(const double *value, size_t runs, double confidence)
{
    return gsl_cdf_tdist_Pinv(0.5 + confidence / 2, (double)runs - 1) * gsl_stats_sd(value, 1, runs) /
           sqrt((double)runs);
}

/* Returns how many runs were made. */
static size_t make_runs(const struct runs *kind, gsl_rng *random, double value[MOST_RUNS])
{
    size_t runs = 0;

    do {
        value[runs] = 1 + gsl_ran_gaussian(random, kind->deviation);
        value[runs++] += gsl_rng_uniform(random) < kind->modes ? kind->apart : 0;
    } while (runs < MOST_RUNS && (runs < LEAST_RUNS || half_width(value, runs, STOPPING_CONFIDENCE) >
                                                           WITHIN * gsl_stats_mean(value, 1, runs)));
    return runs;
}

static size_t simulate(const struct runs *kind, size_t rounds)
{
    gsl_rng *random = coverage_random();
    struct tally held = {0, 0};
    double sum = 0;
    bool broken;

    for (size_t round = 0; round < rounds; round++) {
        double value[MOST_RUNS], truth = 1 + kind->modes * kind->apart;
        size_t runs = make_runs(kind, random, value);

        tally_add(&held, fabs(gsl_stats_mean(value, 1, runs) - truth) <= half_width(value, runs, COVERAGE_CONFIDENCE));
        sum += (double)runs;
    }
    gsl_rng_free(random);
    broken = tally_is_below(&held, COVERAGE_PROMISE, ERRORS);
    printf("%6.1f %%  %3.0f %% of runs %+3.0f %%  %6.1f  %5.1f%s\n", 100 * kind->deviation, 100 * kind->modes,
           100 * kind->apart, sum / (double)rounds, 100 * tally_share(&held),
           broken ? kind->exemption ? " *" : " !" : "");
    return broken && !kind->exemption;
}

size_t coverage_stopping(size_t rounds)
{
    size_t broken = 0;

    printf("\nStopped once the %g %% limits of the mean are within %g %%, after %d runs or more, at most %d: how often "
           "95 %%\nlimits hold the mean\n\n%8s  %-19s  %6s  %s\n",
           100 * STOPPING_CONFIDENCE, 100 * WITHIN, LEAST_RUNS, MOST_RUNS, "DEV.", "MODES", "RUNS", "HELD");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        broken += simulate(&kinds[i], ROUNDS_SHARE * rounds);
    printf("\nNot promised: two modes, since %s\n", all_of_one_mode);
    return broken;
}
