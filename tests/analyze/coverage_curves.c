/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of one series by the curve, of every design: how often they hold the truth, how wide they are, and what is
   wrongly said of the line and of changes. */
#include "tests/analyze/coverage.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RUN_BETWEEN 5e4   /* tasks: where one more run is predicted beside the measured counts */
#define MAX_POINTS 14     /* of the curve at which a quantity is asked for */
#define ERRORS 2          /* standard errors of the simulation that are allowed for */
#define ERRORS_OF_WORST 3 /* ... for the worst of several points */
#define MOST_CHANGES 300  /* rounds in which two recordings are compared: it takes the longest */

static const char *const quantity_names[QUANTITIES] = {"overhead", "baseline", "counts",
                                                       "between",  "run",      "run at 50k"};

struct points {
    struct tally at[MAX_POINTS];
};

/* One row of the table. */
struct row {
    const struct design *design;
    const struct design_counts *counts;
    size_t runs;
    struct points points[QUANTITIES];
    struct tally lines_denied, changes;
    double *width; /* of the overhead's limits, one a round */
    size_t widths;
};

/* --- a round ------------------------------------------------------------------------------------------------------ */

static void ask_mean(struct row *row, const struct fit *fit, enum quantity quantity, size_t point, double tasks)
{
    struct estimate mean = fit_mean_at(fit, tasks);

    tally_add_limits(&row->points[quantity].at[point], mean.low, mean.high, design_mean(row->design, tasks));
}

static void ask_run(struct row *row, const struct fit *fit, gsl_rng *random, struct tally *tally, double tasks)
{
    struct estimate next = fit_run_at(fit, tasks);

    tally_add_limits(tally, next.low, next.high, design_draw_run(row->design, random, tasks));
}

static void ask_counts(struct row *row, const struct fit *fit, gsl_rng *random)
{
    size_t counts = row->counts->counts;

    for (size_t k = 0; k < counts; k++) {
        double tasks = (double)row->counts->tasks[k];

        ask_mean(row, fit, QUANTITY_COUNTS, k, tasks);
        ask_run(row, fit, random, &row->points[QUANTITY_RUN].at[k], tasks);
        if (k + 1 < counts)
            ask_mean(row, fit, QUANTITY_BETWEEN, k, round(sqrt(tasks * (double)row->counts->tasks[k + 1])));
    }
    ask_run(row, fit, random, &row->points[QUANTITY_RUN_50K].at[0], RUN_BETWEEN);
}

static double true_overhead(const struct row *row)
{
    double smallest = (double)row->counts->tasks[0];

    return (design_mean(row->design, DESIGN_LARGEST_COUNT) - design_mean(row->design, smallest)) /
           (DESIGN_LARGEST_COUNT - smallest);
}

static void ask(struct row *row, const struct fit *fit, gsl_rng *random)
{
    tally_add_limits(&row->points[QUANTITY_OVERHEAD].at[0], fit->overhead.low, fit->overhead.high, true_overhead(row));
    tally_add_limits(&row->points[QUANTITY_BASELINE].at[0], fit->baseline.low, fit->baseline.high,
                     design_mean(row->design, 0));
    ask_counts(row, fit, random);
    row->width[row->widths++] = fit->overhead.high - fit->overhead.low;
    if (row->design->is_line && row->counts->counts > 2)
        tally_add(&row->lines_denied, fit->lack_of_fit_p < FIT_SIGNIFICANCE);
}

/* Whether a table of changes between two recordings of the same truth says that there are any. */
static bool has_changes(const struct recordings *newer, const struct recordings *older)
{
    const struct table_request request = {.recordings = newer,
                                          .selection = {.metric = METRIC_PEAK, .confidence = COVERAGE_CONFIDENCE},
                                          .method = FIT_CURVE,
                                          .metric_chosen = true,
                                          .against = older,
                                          .fail_above = NAN};
    struct table table = coverage_table(table_changes, &request);
    bool found = coverage_table_proves(&table);

    table_free(&table);
    return found;
}

static void simulate(struct row *row, size_t rounds)
{
    const struct design_sample sample = {row->design, row->counts, row->runs, "host", "model", 1, 0};
    gsl_rng *random = coverage_random();
    static struct study study, other;

    row->width = calloc(rounds, sizeof *row->width);
    for (size_t round = 0; row->width && round < rounds; round++) {
        study_new(&study, &sample, random, FIT_CURVE);
        ask(row, &study.fit, random);
        if (round < MOST_CHANGES) {
            other.recordings = (struct recordings){.run = other.run};
            design_draw(&sample, random, &other.recordings);
            tally_add(&row->changes, has_changes(&study.recordings, &other.recordings));
        }
        study_free(&study);
    }
    gsl_rng_free(random);
}

/* --- what is printed ---------------------------------------------------------------------------------------------- */

/* The width that a mean of the runs at both ends would have, were their variances known. */
static double ideal_width(const struct row *row)
{
    double smallest = (double)row->counts->tasks[0], rounding = 4096. * 4096 / 12;
    double low = pow(design_deviation(row->design, smallest), 2) / (double)row->runs;
    double high =
        pow(design_deviation(row->design, DESIGN_LARGEST_COUNT), 2) / (double)design_last_runs(row->design, row->runs);

    return 2 * 1.96 * sqrt(fmax(low, rounding) + fmax(high, rounding)) / (DESIGN_LARGEST_COUNT - smallest);
}

static struct tally all_points(const struct points *points)
{
    struct tally all = {0, 0};

    for (size_t i = 0; i < MAX_POINTS; i++) {
        all.yes += points->at[i].yes;
        all.tried += points->at[i].tried;
    }
    return all;
}

/* NULL where nothing was asked for. */
static const struct tally *worst_point(const struct points *points)
{
    const struct tally *worst = NULL;

    for (size_t i = 0; i < MAX_POINTS; i++)
        if (points->at[i].tried > 0 && (!worst || tally_share(&points->at[i]) < tally_share(worst)))
            worst = &points->at[i];
    return worst;
}

/* Whether the quantity is asked for at several points. */
static bool has_points(enum quantity quantity)
{
    return quantity == QUANTITY_COUNTS || quantity == QUANTITY_BETWEEN || quantity == QUANTITY_RUN;
}

/* Judged is the worst of the points. */
static bool is_broken(const struct row *row, enum quantity quantity)
{
    const struct tally *worst = worst_point(&row->points[quantity]);
    double errors = has_points(quantity) ? ERRORS_OF_WORST : ERRORS;

    return worst && tally_is_below(worst, coverage_promise(design_last_runs(row->design, row->runs)), errors);
}

/* The share over all points, and of the worst where there are several. Returns whether a promise is broken. */
static bool print_quantity(const struct row *row, enum quantity quantity)
{
    struct tally all = all_points(&row->points[quantity]);
    bool several = has_points(quantity);
    bool exempt = design_is_exempt(row->design, quantity, row->counts->counts, row->runs);
    bool broken = is_broken(row, quantity);

    printf(" %5.1f", 100 * tally_share(&all));
    if (several)
        printf(" %5.1f", 100 * tally_share(worst_point(&row->points[quantity])));
    putchar(broken ? exempt ? '*' : '!' : ' ');
    return broken && !exempt;
}

/* Verdicts on estimates whose limits are not promised are not promised either. */
static bool print_verdicts(const struct row *row, const struct tally *tally)
{
    bool broken = tally->tried > 0 &&
                  tally_is_above(tally, 1 - coverage_promise(design_last_runs(row->design, row->runs)), ERRORS);
    bool exempt = design_is_exempt(row->design, QUANTITY_COUNTS, row->counts->counts, row->runs);

    if (tally->tried > 0)
        printf(" %5.1f%c", 100 * tally_share(tally), broken ? exempt ? '*' : '!' : ' ');
    else
        printf("     - ");
    return broken && !exempt;
}

static size_t print_row(const struct row *row)
{
    size_t broken = 0;

    printf("%-26s %2zu %2zu ", row->design->name, row->counts->counts, row->runs);
    for (int quantity = 0; quantity < QUANTITIES; quantity++)
        broken += print_quantity(row, (enum quantity)quantity);
    printf(" %5.2f", gsl_stats_median(row->width, 1, row->widths) / ideal_width(row));
    broken += print_verdicts(row, &row->lines_denied);
    broken += print_verdicts(row, &row->changes);
    putchar('\n');
    fflush(stdout);
    return broken;
}

static void print_heading(void)
{
    printf(
        "How often 95 %% limits of the curve hold the truth, in %%: over all points and at the worst one. Width: of "
        "the\n"
        "overhead's limits, as a multiple of that with known variances. NO LINE: of lines, that none holds. CHANGED:\n"
        "of two recordings of the same truth, that something changed. !: the promise is broken; *: it is not given.\n\n"
        "%-26s %2s %2s  %-6s %-6s %-11s  %-11s  %-11s  %-6s %-5s %-6s %s\n",
        "DESIGN", "K", "n", "OVERH.", "BASEL.", "COUNTS", "BETWEEN", "ONE RUN", "AT 50K", "WIDTH", "NOLINE", "CHANGED");
}

static void print_exemption(const char *name, const struct exemption *exemption)
{
    printf("%-26s", name);
    for (int quantity = 0; quantity < QUANTITIES; quantity++)
        if (exemption->quantities & 1U << quantity)
            printf(" %s,", quantity_names[quantity]);
    if (exemption->most_runs > 0)
        printf(" up to %zu runs,", exemption->most_runs);
    if (exemption->most_counts > 0)
        printf(" up to %zu counts,", exemption->most_counts);
    printf(" since %s\n", exemption->reason);
}

static void print_exemptions(void)
{
    printf("\nNot promised:\n");
    print_exemption("all", &design_two_counts);
    for (size_t i = 0; i < designs_count; i++)
        for (size_t j = 0; j < DESIGN_MAX_EXEMPTIONS && designs[i].exemption[j].reason; j++)
            print_exemption(designs[i].name, &designs[i].exemption[j]);
}

size_t coverage_curves(size_t rounds)
{
    static const size_t run_counts[] = {3, 5, 10, 20};
    size_t broken = 0;

    print_heading();
    for (size_t i = 0; i < designs_count; i++)
        for (size_t j = 0; j < DESIGN_COUNTS; j++)
            for (size_t k = 0; k < sizeof run_counts / sizeof *run_counts; k++) {
                struct row row = {.design = &designs[i], .counts = &design_counts[j], .runs = run_counts[k]};

                simulate(&row, rounds);
                broken += print_row(&row);
                free(row.width);
            }
    print_exemptions();
    return broken;
}
