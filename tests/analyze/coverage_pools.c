/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mean over hosts that truly differ, in baseline and overhead, by a normal share. */
#include "analyze/pool.h"
#include "tests/analyze/coverage.h"

#include <gsl/gsl_randist.h>
#include <stdio.h>

#define MOST_HOSTS 5
#define ERRORS 2 /* standard errors of the simulation that are allowed for */

struct world {
    const char *design;
    size_t hosts, runs;
    double spread; /* the standard deviation between hosts, as a share */
};

struct found {
    struct tally overhead, baseline, differ;
};

static void pool(struct found *found, const struct world *world, gsl_rng *random)
{
    const struct design *design = design_find(world->design);
    double first = design_mean(design, 0), last = design_mean(design, DESIGN_LARGEST_COUNT);
    struct fit fit[MOST_HOSTS], pooled;
    static struct study study;

    for (size_t i = 0; i < world->hosts; i++) {
        const struct design_sample sample = {design,
                                             &design_counts[DESIGN_COUNTS_5],
                                             world->runs,
                                             "host",
                                             "model",
                                             1 + gsl_ran_gaussian(random, world->spread),
                                             0};

        study_new(&study, &sample, random, FIT_CURVE);
        fit[i] = study.fit; /* without its curve, which pool_fits needs not */
        study_free(&study);
    }
    pooled = pool_fits(fit, world->hosts);
    tally_add_limits(&found->overhead, pooled.overhead.low, pooled.overhead.high,
                     (last - first) / DESIGN_LARGEST_COUNT);
    tally_add_limits(&found->baseline, pooled.baseline.low, pooled.baseline.high, first);
    tally_add(&found->differ, pooled.lack_of_fit_p < FIT_SIGNIFICANCE);
}

static size_t simulate(const struct world *world, size_t rounds)
{
    gsl_rng *random = coverage_random();
    struct found found = {{0, 0}, {0, 0}, {0, 0}};
    bool overhead, baseline;

    for (size_t round = 0; round < rounds; round++)
        pool(&found, world, random);
    gsl_rng_free(random);
    overhead = tally_is_below(&found.overhead, coverage_promise(world->runs), ERRORS);
    baseline = tally_is_below(&found.baseline, coverage_promise(world->runs), ERRORS);
    printf("%-26s %2zu  %4zu  %4.1f %%  %5.1f%c  %5.1f%c  %5.1f\n", world->design, world->runs, world->hosts,
           100 * world->spread, 100 * tally_share(&found.overhead), overhead ? '!' : ' ',
           100 * tally_share(&found.baseline), baseline ? '!' : ' ', 100 * tally_share(&found.differ));
    return (size_t)overhead + baseline;
}

size_t coverage_pools(size_t rounds)
{
    static const char *const designs_pooled[] = {"line, equal noise", "Java-like, growing"};
    static const size_t hosts[] = {3, MOST_HOSTS}, runs[] = {3, 10};
    static const double spreads[] = {0, 0.003, 0.01};
    size_t broken = 0;

    printf(
        "\nHosts pooled: how often 95 %% limits hold the mean over such hosts, and how often they are said to differ,\n"
        "in %%\n\n%-26s %2s %5s  %6s  %6s  %6s  %s\n",
        "DESIGN", "n", "HOSTS", "SPREAD", "OVERH.", "BASEL.", "DIFFER");
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            for (size_t k = 0; k < 3; k++)
                for (size_t l = 0; l < 2; l++)
                    broken += simulate(&(struct world){designs_pooled[i], hosts[j], runs[l], spreads[k]}, rounds);
    return broken;
}
