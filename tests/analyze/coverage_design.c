/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/analyze/coverage_design.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIB 0x1p20
#define PAGE 4096.0
#define BASELINE 2.5e6
#define OVERHEAD 2000.0
#define MODE (2 * MIB)

/* --- how memory grows with the count ------------------------------------------------------------------------------ */

static double line(double tasks)
{
    return BASELINE + OVERHEAD * tasks;
}

static double power_95(double tasks)
{
    return BASELINE + OVERHEAD * pow(tasks, 0.95);
}

static double power_99(double tasks)
{
    return BASELINE + OVERHEAD * pow(tasks, 0.99);
}

static double power_105(double tasks)
{
    return BASELINE + OVERHEAD * pow(tasks, 1.05);
}

static double tree(double tasks)
{
    return BASELINE + 100 * tasks * log2(tasks + 1);
}

/* An array of 500 bytes an element, which doubles, beside the tasks. */
static double doubling(double tasks)
{
    return BASELINE + 1000 * tasks + 500 * exp2(ceil(log2(fmax(tasks, 1))));
}

/* As java-virtual-thread in data/vm.csv: 42 MiB at once, then 3.4 kB a task, and 940 B a task beyond 100k. */
static double java(double tasks)
{
    return 42.4 * MIB + 938 * tasks + 5e7 * tasks / (tasks + 2e4);
}

/* --- the designs -------------------------------------------------------------------------------------------------- */

#define BIT(quantity) (1U << QUANTITY_##quantity)
#define EQUAL .constant = 65536
#define GROWING .constant = 32768, .share = 0.01

/* Reasons why limits are not promised. */
#define OF_ALL (BIT(OVERHEAD) | BIT(BASELINE) | BIT(COUNTS) | BIT(BETWEEN) | BIT(RUN) | BIT(RUN_50K))
#define OUT_OF_SIGHT (BIT(BETWEEN) | BIT(RUN_50K))
#define DRIFT                                                                                                          \
    {                                                                                                                  \
        OF_ALL, 0, 0, "repetitions that depend on each other tell less than as many that do not; a remark says so"     \
    }
#define JUMPS                                                                                                          \
    {                                                                                                                  \
        OUT_OF_SIGHT, 0, 0, "nothing is known of a jump between two counts"                                            \
    }
#define LONG_TAIL                                                                                                      \
    {                                                                                                                  \
        OF_ALL, 0, 0, "Student's t misses the mean of a long tail, which few runs show"                                \
    }
#define FEW_RUNS                                                                                                       \
    {                                                                                                                  \
        OF_ALL, 5, 0, "5 runs or fewer do not tell a mode from an outlier: verdicts say so"                            \
    }
#define BORROWED                                                                                                       \
    {                                                                                                                  \
        OF_ALL, 0, 0, "a single run borrows its error from other counts, where scatter need not have begun to grow"    \
    }
#define HARD_TO_SEE(runs, counts)                                                                                      \
    {                                                                                                                  \
        OF_ALL, runs, counts, "at so few counts 1 or 2 runs of a mode are as likely as outliers"                       \
    }

const struct design designs[] = {
    {"line, equal noise", line, true, EQUAL},
    {"line, growing noise", line, true, GROWING},
    {"line, root-N noise", line, true, .constant = 16384, .root = 20000},
    {"line, pages only", line, true, .constant = 500},
    {"line, skewed, equal", line, true, EQUAL, .tail = 0.3},
    {"line, skewed, growing", line, true, GROWING, .tail = 0.3},
    {"line, long tail, equal", line, true, EQUAL, .tail = 0.6, .exemption = {LONG_TAIL}},
    {"line, long tail, growing", line, true, GROWING, .tail = 0.6, .exemption = {LONG_TAIL}},
    {"line, hiccups", line, true, EQUAL, .hiccups = 0.04},
    {"line, growing, hiccups", line, true, GROWING, .hiccups = 0.04},
    {"line, two modes", line, true, EQUAL, .modes = 0.3, .exemption = {FEW_RUNS, HARD_TO_SEE(10, 3)}},
    {"line, growing, two modes", line, true, GROWING, .modes = 0.3,
     .exemption = {FEW_RUNS, HARD_TO_SEE(10, 8), HARD_TO_SEE(20, 3)}},
    {"line, garbage", line, true, .constant = 32768, .garbage = 1},
    {"line, drift", line, true, EQUAL, .drift = 0.6, .exemption = {DRIFT}},
    {"line, growing, 3 at 1M", line, true, GROWING, .last_runs = 3},
    {"N^0.95, growing", power_95, false, GROWING},
    {"N^0.95, equal", power_95, false, EQUAL},
    {"N^1.05, growing", power_105, false, GROWING},
    {"N^1.05, equal", power_105, false, EQUAL},
    {"N log N, growing", tree, false, GROWING},
    {"N log N, root-N noise", tree, false, .constant = 16384, .root = 20000},
    {"N^0.99, growing", power_99, false, .constant = 32768, .share = 0.02},
    {"doubling, growing", doubling, false, GROWING, .exemption = {JUMPS}},
    {"Java-like, growing", java, false, GROWING},
    {"Java-like, skewed", java, false, GROWING, .tail = 0.3},
    {"Java-like, hiccups", java, false, GROWING, .hiccups = 0.04},
    {"Java-like, two modes", java, false, GROWING, .modes = 0.3, .exemption = {FEW_RUNS}},
    {"Java-like, garbage", java, false, .constant = 32768, .garbage = 1},
    {"Java-like, 3 runs at 1M", java, false, GROWING, .last_runs = 3},
    {"Java-like, 1 run at 1M", java, false, GROWING, .last_runs = 1, .exemption = {BORROWED}},
};

const size_t designs_count = sizeof designs / sizeof *designs;

const struct design_counts design_counts[DESIGN_COUNTS] = {
    [DESIGN_COUNTS_2] = {2, {1, 1000000}},
    [DESIGN_COUNTS_3] = {3, {1, 10000, 1000000}},
    [DESIGN_COUNTS_5] = {5, {1, 1000, 10000, 100000, 1000000}},
    [DESIGN_COUNTS_8] = {8, {1, 1000, 3000, 10000, 30000, 100000, 300000, 1000000}},
    [DESIGN_COUNTS_13] = {13, {1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000, 300000, 1000000}},
};

const struct design *design_find(const char *name)
{
    for (size_t i = 0; i < designs_count; i++)
        if (strcmp(designs[i].name, name) == 0)
            return &designs[i];
    abort();
}

const struct exemption design_two_counts = {OUT_OF_SIGHT, 0, 2,
                                            "two counts show neither bends nor how scatter grows between them"};

size_t design_last_runs(const struct design *design, size_t runs)
{
    return design->last_runs > 0 && design->last_runs < runs ? design->last_runs : runs;
}

static bool is_exempt(const struct exemption *exemption, enum quantity quantity, size_t counts, size_t runs)
{
    return exemption->quantities & 1U << quantity && (exemption->most_runs == 0 || runs <= exemption->most_runs) &&
           (exemption->most_counts == 0 || counts <= exemption->most_counts);
}

bool design_is_exempt(const struct design *design, enum quantity quantity, size_t counts, size_t runs)
{
    for (size_t i = 0; i < DESIGN_MAX_EXEMPTIONS && design->exemption[i].reason; i++)
        if (is_exempt(&design->exemption[i], quantity, counts, runs))
            return true;
    return is_exempt(&design_two_counts, quantity, counts, runs);
}

/* --- the truth ---------------------------------------------------------------------------------------------------- */

double design_mean(const struct design *design, double tasks)
{
    return design->typical(tasks) * (1 + design->garbage / 2) + design->modes * MODE;
}

/* Without modes and garbage. */
static double noise_deviation(const struct design *design, double tasks)
{
    double typical = design->typical(tasks);

    return sqrt(pow(design->constant, 2) + pow(design->root, 2) * tasks + pow(design->share * typical, 2));
}

/* A uniform deviate has a variance of 1/12. */
double design_deviation(const struct design *design, double tasks)
{
    double modes = design->modes * (1 - design->modes) * MODE * MODE;
    double garbage = pow(design->garbage * design->typical(tasks), 2) / 12;

    return sqrt(pow(noise_deviation(design, tasks), 2) + modes + garbage);
}

/* --- runs --------------------------------------------------------------------------------------------------------- */

/* A lognormal deviate with mean 0 and variance 1, from a normal one. */
static double skew(double normal, double tail)
{
    double mean = exp(tail * tail / 2), deviation = mean * sqrt(expm1(tail * tail));

    return (exp(tail * normal) - mean) / deviation;
}

/* `normal` is the run's deviate. */
static double draw(const struct design *design, gsl_rng *random, double tasks, double normal)
{
    double deviate = design->tail > 0 ? skew(normal, design->tail) : normal;
    double value = design->typical(tasks) * (1 + gsl_ran_flat(random, 0, 1) * design->garbage);

    value += noise_deviation(design, tasks) * deviate;
    if (gsl_rng_uniform(random) < design->modes)
        value += MODE;
    return value;
}

static double round_to_pages(double value)
{
    return PAGE * round(value / PAGE);
}

double design_draw_run(const struct design *design, gsl_rng *random, double tasks)
{
    return round_to_pages(draw(design, random, tasks, gsl_ran_gaussian(random, 1)));
}

static double draw_with_hiccups(const struct design *design, gsl_rng *random, double tasks, double normal)
{
    double value = draw(design, random, tasks, normal);

    if (gsl_rng_uniform(random) < design->hiccups)
        value += gsl_ran_flat(random, 5, 60) * MIB;
    return value;
}

void design_draw(const struct design_sample *sample, gsl_rng *random, struct recordings *recordings)
{
    const struct design *design = sample->design;
    double drift = gsl_ran_gaussian(random, 1);

    for (size_t i = 0; i < sample->runs; i++) {
        for (size_t k = 0; k < sample->counts->counts; k++) {
            double tasks = (double)sample->counts->tasks[k];
            double normal = design->drift > 0 ? drift : gsl_ran_gaussian(random, 1);
            bool is_left_out = tasks >= DESIGN_LARGEST_COUNT && i >= design_last_runs(design, sample->runs);
            struct run *run = &recordings->run[recordings->runs];

            recordings->runs += !is_left_out;
            *run = (struct run){.host = sample->host,
                                .model = sample->model,
                                .family = "thread",
                                .work = "sleep",
                                .reason = "",
                                .tasks = sample->counts->tasks[k],
                                .number = (int64_t)i + 1,
                                .page_bytes = PAGE,
                                .status = SAMPLE_OK};
            for (size_t metric = 0; metric < METRIC_COUNT; metric++)
                run->value[metric] = NAN;
            run->value[METRIC_PEAK] =
                round_to_pages(sample->factor * draw_with_hiccups(design, random, tasks, normal) + sample->added);
        }
        drift = design->drift * drift + sqrt(1 - design->drift * design->drift) * gsl_ran_gaussian(random, 1);
    }
}
