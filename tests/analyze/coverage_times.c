/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ratios of times, on logarithms: one model takes half as much again as another. Runs scatter by a share of what they
   take, lognormally, and the machine may become slower from repetition to repetition. */
#include "analyze/ratio.h"
#include "tests/analyze/coverage.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>

#define FIRST_TASK 100e-6 /* seconds */
#define EACH_TASK 100e-9
#define TRUE_RATIO 1.5
#define AT 100000
#define ROUNDS_SHARE 2
#define ERRORS 2 /* standard errors of the simulation that are allowed for */

struct times {
    const char *name;
    double deviation; /* of the logarithm of a run's share of the truth, whose mean is 1 */
    double drift;     /* by so large a share the last repetition is slower than the first, or the second model's runs
                         than the first one's */
    bool is_apart;    /* the second model was measured after the first, not beside it */
    const char *exemption; /* NULL: promised */
};

static const char one_after_the_other[] = "models that are measured one after the other differ by what the machine "
                                          "does, too (collect shuffles them)";

static const struct times kinds[] = {
    {"5 % noise", 0.05, 0, false, NULL},
    {"20 % noise", 0.2, 0, false, NULL},
    {"20 % noise, drift by 20 %", 0.2, 0.2, false, NULL},
    {"20 % noise, drift by 50 %", 0.2, 0.5, false, NULL},
    {"20 % noise, 20 % apart", 0.2, 0.2, true, one_after_the_other},
};

struct model {
    struct run run[DESIGN_MAX_COUNTS * DESIGN_MAX_RUNS];
    struct recordings recordings;
    struct series_list list;
    struct fit fit;
};

static double slowness(const struct times *kind, size_t repetition, size_t runs, bool is_second)
{
    double place = kind->is_apart ? is_second : (double)repetition / (double)(runs - 1);

    return 1 + kind->drift * (place - 0.5);
}

static struct run draw_run(const struct times *kind, gsl_rng *random, int64_t tasks, double factor)
{
    struct run run = {.host = "host",
                      .model = "model",
                      .family = "thread",
                      .work = "time",
                      .kind = WORK_TIME,
                      .reason = "",
                      .tasks = tasks,
                      .status = SAMPLE_OK};
    double share = gsl_ran_lognormal(random, -kind->deviation * kind->deviation / 2, kind->deviation);

    for (size_t metric = 0; metric < METRIC_COUNT; metric++)
        run.value[metric] = NAN;
    run.value[METRIC_SPAWN_CPU] = factor * share * (FIRST_TASK + EACH_TASK * (double)tasks);
    return run;
}

static void model_new(struct model *model, const struct times *kind, size_t runs, gsl_rng *random, bool is_second)
{
    const struct design_counts *counts = &design_counts[DESIGN_COUNTS_5];
    const struct series_selection selection = {.metric = METRIC_SPAWN_CPU, .confidence = COVERAGE_CONFIDENCE};

    model->recordings = (struct recordings){.run = model->run};
    for (size_t i = 0; i < runs; i++)
        for (size_t k = 0; k < counts->counts; k++)
            model->run[model->recordings.runs++] = draw_run(
                kind, random, counts->tasks[k], (is_second ? TRUE_RATIO : 1) * slowness(kind, i, runs, is_second));
    model->list = coverage_series(&model->recordings, &selection);
    model->fit = fit_series(&model->list.series[0], FIT_CURVE, COVERAGE_CONFIDENCE);
}

struct found {
    struct tally overhead, count;
};

static void compare(struct found *found, const struct times *kind, size_t runs, gsl_rng *random)
{
    static struct model a, b;
    struct ratio overhead, count;

    model_new(&a, kind, runs, random, false);
    model_new(&b, kind, runs, random, true);
    overhead = ratio_of(b.fit.overhead, a.fit.overhead, RATIO_LOGARITHM, COVERAGE_CONFIDENCE);
    count = ratio_of(knots_at(&b.list.series[0].curve.knots, AT, COVERAGE_CONFIDENCE),
                     knots_at(&a.list.series[0].curve.knots, AT, COVERAGE_CONFIDENCE), RATIO_LOGARITHM,
                     COVERAGE_CONFIDENCE);
    tally_add_limits(&found->overhead, overhead.low, overhead.high, TRUE_RATIO);
    tally_add_limits(&found->count, count.low, count.high, TRUE_RATIO);
    series_list_free(&a.list);
    series_list_free(&b.list);
}

static bool print_held(const struct tally *held, const struct times *kind, size_t runs)
{
    bool broken = tally_is_below(held, coverage_promise(runs), ERRORS);

    printf("  %6.1f%s", 100 * tally_share(held), !broken ? " " : kind->exemption ? "*" : "!");
    return broken && !kind->exemption;
}

static size_t simulate(const struct times *kind, size_t runs, size_t rounds)
{
    struct found found = {{0, 0}, {0, 0}};
    gsl_rng *random = coverage_random();
    size_t broken;

    for (size_t round = 0; round < rounds; round++)
        compare(&found, kind, runs, random);
    gsl_rng_free(random);
    printf("%-26s %2zu", kind->name, runs);
    broken = print_held(&found.overhead, kind, runs);
    broken += print_held(&found.count, kind, runs);
    putchar('\n');
    return broken;
}

size_t coverage_times(size_t rounds)
{
    static const size_t runs[] = {5, 10, 20};
    size_t broken = 0;

    printf("\nRatios of times through 5 counts, in %%: how often 95 %% limits hold the true ratio of overheads, and of "
           "times\nat 100k tasks\n\n%-26s %2s  %7s  %7s\n",
           "RUNS", "n", "RATIO", "AT 100k");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t j = 0; j < sizeof runs / sizeof *runs; j++)
            broken += simulate(&kinds[i], runs[j], rounds / ROUNDS_SHARE + 1);
    printf("\nNot promised: %s\n", one_after_the_other);
    return broken;
}
