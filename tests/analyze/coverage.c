/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage: how often 95 % limits hold the truth, for fits and for numbers derived from them, by simulation. For fits
   also the median width, as a multiple of the ideal: that of weighted least squares with known variances and without
   hiccups, 2 * 1.96 standard errors. */
#include "analyze/capacity.h"
#include "analyze/crossover.h"
#include "analyze/fit.h"
#include "analyze/location.h"
#include "analyze/pool.h"
#include "analyze/ratio.h"
#include "tests/analyze/simulation.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_statistics_double.h>
#include <stdio.h>
#include <stdlib.h>

#define CONFIDENCE 0.95
#define DEFAULT_ROUNDS 2000
#define SEED 20240229

struct tally {
    size_t limited; /* had limits */
    size_t covered;
    double *width; /* bytes, of those with limits */
};

static void tally_add(struct tally *tally, const struct estimate *estimate, double truth)
{
    if (!isfinite(estimate->low) || !isfinite(estimate->high))
        return;
    tally->width[tally->limited++] = estimate->high - estimate->low;
    tally->covered += estimate->low <= truth && truth <= estimate->high;
}

struct ideal {
    double baseline, overhead; /* widths */
};

static struct ideal ideal_widths(const struct simulation *simulation)
{
    static const double tasks[] = {1, 1e4, 1e5, 1e6};
    double sum = 0, mean = 0, square = 0;

    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < 4; k++) {
            double deviation = hypot(simulation->constant, simulation->proportional * SIMULATION_OVERHEAD * tasks[k]);
            double weight =
                1 / fmax(deviation * deviation / (double)simulation->runs, location_rounding_variance(SIMULATION_PAGE));

            sum += pass ? 0 : weight;
            mean += pass ? 0 : weight * tasks[k];
            square += pass ? weight * pow(tasks[k] - mean / sum, 2) : 0;
        }
    return (struct ideal){2 * 1.96 * sqrt(1 / sum + pow(mean / sum, 2) / square), 2 * 1.96 / sqrt(square)};
}

static void print_tally(struct tally *tally, double ideal, size_t rounds)
{
    if (tally->limited == 0) {
        printf("  %-22s", "      -");
        return;
    }
    printf("  %5.1f %% %6.2f %5.1f %%", 100 * (double)tally->covered / (double)tally->limited,
           gsl_stats_median(tally->width, 1, tally->limited) / ideal, 100 * (double)tally->limited / (double)rounds);
}

static void simulate_fit(const char *name, const struct simulation *simulation, enum fit_method method, size_t rounds)
{
    struct ideal ideal = ideal_widths(simulation);
    struct tally baseline = {.width = calloc(rounds, sizeof(double))},
                 overhead = {.width = calloc(rounds, sizeof(double))};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t rejected = 0;

    gsl_rng_set(random, SEED);
    for (size_t round = 0; round < rounds; round++) {
        struct fit fit = simulation_fit(simulation, random, method, CONFIDENCE);

        tally_add(&baseline, &fit.baseline, SIMULATION_BASELINE);
        tally_add(&overhead, &fit.overhead, SIMULATION_OVERHEAD);
        rejected += fit.lack_of_fit_p < 0.05;
    }
    printf("%-24s %4zu  %-9s", name, simulation->runs, fit_method_names[method]);
    print_tally(&overhead, ideal.overhead, rounds);
    print_tally(&baseline, ideal.baseline, rounds);
    printf("  %5.1f %%\n", 100 * (double)rejected / (double)rounds);
    gsl_rng_free(random);
    free(baseline.width);
    free(overhead.width);
}

static const struct {
    const char *name;
    struct simulation simulation;
} situations[] = {
    {"equal noise", {.constant = 65536}},
    {"growing noise", {.constant = 32768, .proportional = 0.003}},
    {"pages only", {.constant = 500}},
    {"equal noise, hiccups", {.constant = 65536, .hiccups = 0.08}},
    {"growing noise, hiccups", {.constant = 32768, .proportional = 0.003, .hiccups = 0.08}},
    {"growing noise, bent", {.constant = 32768, .proportional = 0.003, .bend = 30}},
};

/* --- crossovers and capacity, from fits --------------------------------------------------------------------------- */

/* How many of `rounds` held the truth, and how many had two limits. */
struct held {
    size_t held, limited;
};

static void held_add(struct held *held, double low, double high, double truth)
{
    held->limited += isfinite(low) && isfinite(high);
    held->held += (isnan(low) || low <= truth) && (isnan(high) || truth <= high);
}

static void held_print(const char *name, const struct held *held, size_t rounds)
{
    printf("  %-10s %5.1f %% (%5.1f %%)", name, 100 * (double)held->held / (double)rounds,
           100 * (double)held->limited / (double)rounds);
}

static struct ratio_part overhead_part(const struct fit *fit)
{
    return (struct ratio_part){fit->overhead.value, fit->overhead.standard_error, fit->overhead_dof};
}

/* A model against one that starts 20 MB higher and takes 2 % less a task: the lines cross at half a million tasks. */
static void simulate_comparisons(const char *name, const struct simulation *simulation, size_t rounds)
{
    const struct simulation other = {simulation->constant, simulation->proportional, simulation->hiccups,
                                     .lighter = -2e7,      .heavier = -40,           .runs = simulation->runs};
    const double budget = 16 * 0x1p30, next_tasks = 1e7;
    struct held ratio = {0}, crossing = {0}, capacity = {0}, prediction = {0};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);

    gsl_rng_set(random, SEED);
    for (size_t round = 0; round < rounds; round++) {
        struct fit a = simulation_fit(simulation, random, FIT_ROBUST, CONFIDENCE);
        struct fit b = simulation_fit(&other, random, FIT_ROBUST, CONFIDENCE);
        struct ratio overheads = ratio_of(overhead_part(&b), overhead_part(&a), CONFIDENCE);
        struct crossover crossover = crossover_of(&a, &b);
        struct capacity full = capacity_of(&a, budget);
        struct estimate next = fit_run_at(&a, next_tasks);
        struct simulation calm = *simulation; /* outliers are not predicted */

        calm.hiccups = 0;
        held_add(&ratio, overheads.low, overheads.high, 1 - 40 / SIMULATION_OVERHEAD);
        held_add(&crossing, crossover.low, crossover.high, 2e7 / 40);
        held_add(&prediction, next.low, next.high, simulation_draw_value(&calm, random, next_tasks));
        /* A run with `low` tasks fits, one with `high` tasks does not. */
        capacity.limited += isfinite(full.low) && isfinite(full.high);
        capacity.held += !(simulation_draw_value(&calm, random, full.low) > budget) &&
                         !(simulation_draw_value(&calm, random, full.high) < budget);
    }
    printf("%-24s %4zu", name, simulation->runs);
    held_print("ratio", &ratio, rounds);
    held_print("crossover", &crossing, rounds);
    held_print("prediction", &prediction, rounds);
    held_print("capacity", &capacity, rounds);
    putchar('\n');
    gsl_rng_free(random);
}

/* The overhead of three hosts with different baselines, one of which has different noise. */
static void simulate_pool(const char *name, const struct simulation *simulation, size_t rounds)
{
    struct held overhead = {0}, baseline = {0};
    size_t rejected = 0;
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);

    gsl_rng_set(random, SEED);
    for (size_t round = 0; round < rounds; round++) {
        struct simulation host = *simulation;
        struct fit fit[3], pooled;

        for (size_t i = 0; i < 3; i++, host.lighter += 1e5, host.proportional /= 2)
            fit[i] = simulation_fit(&host, random, FIT_ROBUST, CONFIDENCE);
        pooled = pool_fits(fit, 3);
        held_add(&overhead, pooled.overhead.low, pooled.overhead.high, SIMULATION_OVERHEAD);
        held_add(&baseline, pooled.baseline.low, pooled.baseline.high, SIMULATION_BASELINE - 1e5);
        rejected += pooled.lack_of_fit_p < FIT_SIGNIFICANCE;
    }
    printf("%-24s %4zu", name, simulation->runs);
    held_print("overhead", &overhead, rounds);
    held_print("baseline", &baseline, rounds);
    printf("  said to differ %5.1f %%\n", 100 * (double)rejected / (double)rounds);
    gsl_rng_free(random);
}

static const size_t run_counts[] = {3, 5, 10, SIMULATION_MAX_RUNS};
#define RUN_COUNTS (sizeof run_counts / sizeof *run_counts)
#define SITUATIONS (sizeof situations / sizeof *situations)

typedef void simulate_situation(const char *name, const struct simulation *simulation, size_t rounds);

/* In all situations in which the line holds. */
static void simulate_all(simulate_situation *simulate, size_t rounds)
{
    for (size_t i = 0; i < SITUATIONS; i++)
        for (size_t j = 0; j < RUN_COUNTS; j++) {
            struct simulation simulation = situations[i].simulation;

            simulation.runs = run_counts[j];
            if (simulation.bend == 0)
                simulate(situations[i].name, &simulation, rounds);
        }
}

static void simulate_fits(size_t rounds)
{
    printf("%-24s %4s  %-9s  %-22s  %-22s  %s\n", "situation", "runs", "fit", "overhead: held, width,",
           "baseline: held, width,", "misfit");
    printf("%-24s %4s  %-9s  %-22s  %-22s  %s\n", "", "", "", "  has limits", "  has limits", "found");
    for (size_t i = 0; i < SITUATIONS; i++)
        for (size_t j = 0; j < RUN_COUNTS; j++)
            for (int method = 0; method < FIT_METHOD_COUNT; method++) {
                struct simulation simulation = situations[i].simulation;

                simulation.runs = run_counts[j];
                simulate_fit(situations[i].name, &simulation, (enum fit_method)method, rounds);
            }
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_ROUNDS;

    gsl_set_error_handler_off();
    printf("What is made of fits (robust): how often the truth was held (and had two limits)\n");
    simulate_all(simulate_comparisons, rounds);
    printf("\nThree hosts pooled\n");
    simulate_all(simulate_pool, rounds);
    printf("\nFits\n");
    simulate_fits(rounds);
    return EXIT_SUCCESS;
}
