/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made of two curves: ratios, crossovers, capacity. One model is against another that takes 20 MB more and then
   2 % less of everything, so that they cross where the first takes 1 GB. */
#include "analyze/capacity.h"
#include "analyze/crossover.h"
#include "analyze/ratio.h"
#include "tests/analyze/coverage.h"

#include <stdio.h>

#define ADDED 2e7
#define LESS 0.02
#define BUDGET 1.2e9   /* bytes: within the counts that were measured */
#define ROUNDS_SHARE 4 /* one round for so many: it takes the longest */
#define ERRORS 2       /* standard errors of the simulation that are allowed for */

struct found {
    struct tally ratio, crossover, capacity;
};

/* The side that takes less is right at both ends of every stretch. */
static bool is_right(const struct crossover *crossover, const struct design *design)
{
    for (size_t i = 0; i < crossover->stretches; i++) {
        const struct crossover_stretch *stretch = &crossover->stretch[i];
        bool first_is_less[] = {design_mean(design, stretch->from) * LESS < ADDED,
                                design_mean(design, stretch->to) * LESS < ADDED};

        for (size_t end = 0; end < 2; end++)
            if (first_is_less[end] != (stretch->side == CROSSOVER_A))
                return false;
    }
    return true;
}

/* A run with `low` tasks fits, one with `high` tasks does not. */
static bool holds_budget(struct capacity capacity, const struct design *design, gsl_rng *random)
{
    return !(design_draw_run(design, random, capacity.low) > BUDGET) &&
           !(design_draw_run(design, random, capacity.high) < BUDGET);
}

static void compare(struct found *found, const struct design *design, size_t runs, gsl_rng *random)
{
    static struct study a, b;
    struct design_sample sample = {design, &design_counts[DESIGN_COUNTS_5], runs, "host", "model", 1, 0};
    struct ratio ratio;
    struct crossover crossover;

    study_new(&a, &sample, random, FIT_CURVE);
    sample.factor = 1 - LESS;
    sample.added = ADDED;
    study_new(&b, &sample, random, FIT_CURVE);
    ratio = ratio_of(b.fit.overhead, a.fit.overhead, RATIO_PLAIN, COVERAGE_CONFIDENCE);
    crossover = crossover_of(&a.fit, &b.fit);
    tally_add_limits(&found->ratio, ratio.low, ratio.high, 1 - LESS);
    tally_add(&found->crossover, is_right(&crossover, design));
    tally_add(&found->capacity, holds_budget(capacity_of(&a.fit, BUDGET), design, random));
    study_free(&a);
    study_free(&b);
}

static bool print_held(const struct tally *held, size_t runs)
{
    bool broken = tally_is_below(held, coverage_promise(runs), ERRORS);

    printf("  %6.1f%c", 100 * tally_share(held), broken ? '!' : ' ');
    return broken;
}

static size_t simulate(const char *name, size_t runs, size_t rounds)
{
    struct found found = {{0, 0}, {0, 0}, {0, 0}};
    gsl_rng *random = coverage_random();
    size_t broken;

    for (size_t round = 0; round < rounds; round++)
        compare(&found, design_find(name), runs, random);
    gsl_rng_free(random);
    printf("%-26s %2zu", name, runs);
    broken = print_held(&found.ratio, runs);
    broken += print_held(&found.crossover, runs);
    broken += print_held(&found.capacity, runs);
    putchar('\n');
    return broken;
}

size_t coverage_made_of(size_t rounds)
{
    static const char *const names[] = {"line, equal noise", "line, growing noise", "N^1.05, growing",
                                        "Java-like, growing"};
    static const size_t runs[] = {3, 5, 10, 20};
    size_t broken = 0;

    printf(
        "\nMade of curves through 5 counts, in %%: how often 95 %% limits hold the true ratio, all that is said of a\n"
        "crossover is right, and of a budget runs with the low number of tasks fit and with the high one do not\n\n"
        "%-26s %2s  %7s  %8s  %s\n",
        "DESIGN", "n", "RATIO", "CROSSING", "BUDGET");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t j = 0; j < sizeof runs / sizeof *runs; j++)
            broken += simulate(names[i], runs[j], rounds / ROUNDS_SHARE + 1);
    return broken;
}
