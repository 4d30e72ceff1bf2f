/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage: how often the 95 % limits of each fit hold the truth, and how wide they are, by simulation.

   A width is the median, told as a multiple of the ideal: that of weighted least squares which knows every variance
   and meets no hiccups, 2 * 1.96 standard errors. */
#include "analyze/fit.h"
#include "tests/analyze/simulation.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_statistics_double.h>
#include <stdio.h>
#include <stdlib.h>

#define CONFIDENCE 0.95
#define DEFAULT_ROUNDS 2000
#define SEED 20240229
#define MAX_RUNS 30

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
            double weight = 1 / fmax(deviation * deviation / (double)simulation->runs, CELL_QUANTISATION_VARIANCE);

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

static struct fit draw_and_fit(const struct simulation *simulation, gsl_rng *random, enum fit_method method)
{
    const struct cell_selection selection = {.metric = METRIC_PEAK, .confidence = CONFIDENCE};
    struct run run[4 * MAX_RUNS];
    struct recordings recordings = simulation_draw(simulation, random, run);
    struct series_list list;
    struct error error;
    struct fit fit;

    if (series_list_new(&list, &recordings, &selection, &error) != 0)
        abort();
    fit = fit_series(&list.series[0], method, CONFIDENCE);
    series_list_free(&list);
    return fit;
}

static void simulate(const char *name, const struct simulation *simulation, enum fit_method method, size_t rounds)
{
    struct ideal ideal = ideal_widths(simulation);
    struct tally baseline = {.width = calloc(rounds, sizeof(double))},
                 overhead = {.width = calloc(rounds, sizeof(double))};
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    size_t rejected = 0;

    gsl_rng_set(random, SEED);
    for (size_t round = 0; round < rounds; round++) {
        struct fit fit = draw_and_fit(simulation, random, method);

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

int main(int argc, char **argv)
{
    static const size_t runs[] = {3, 5, 10, MAX_RUNS};
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_ROUNDS;

    gsl_set_error_handler_off();
    printf("%-24s %4s  %-9s  %-22s  %-22s  %s\n", "situation", "runs", "fit", "overhead: held, width,",
           "baseline: held, width,", "misfit");
    printf("%-24s %4s  %-9s  %-22s  %-22s  %s\n", "", "", "", "  has limits", "  has limits", "found");
    for (size_t i = 0; i < sizeof situations / sizeof *situations; i++)
        for (size_t j = 0; j < sizeof runs / sizeof *runs; j++)
            for (int method = 0; method < FIT_METHOD_COUNT; method++) {
                struct simulation simulation = situations[i].simulation;

                simulation.runs = runs[j];
                simulate(situations[i].name, &simulation, (enum fit_method)method, rounds);
            }
    return EXIT_SUCCESS;
}
