/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts of models whose memory is no straight line in the number of tasks, or is more while they start than while they
   sleep. The recordings are by hand; the numbers expected are those put in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/plot/charted.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1 << 20)
#define PAGE 4096
#define RUNS 5
#define COUNTS 3

static const int64_t count[COUNTS] = {1, 10000, 1000000};

/* What a model takes at each count while its tasks sleep, and how much more for a moment, in MiB. */
struct model {
    const char *name;
    double hold[COUNTS], more[COUNTS];
};

static const struct model straight = {"straight", {20, 20.5, 70}, {0}}, bent = {"bent", {10, 50, 60}, {0}};

/* Runs are a page apart, about the values. */
static void write_run(FILE *stream, const struct model *model, size_t i, int64_t run)
{
    struct sample sample = sample_unknown();

    sample.host = "host";
    sample.model = model->name;
    sample.family = "async";
    sample.tasks = count[i];
    sample.run = run;
    sample.phase = SAMPLE_HOLD;
    sample.time_us = 1000;
    sample.rss_bytes = sample.uss_bytes = (int64_t)(model->hold[i] * MIB) + (run - 3) * PAGE;
    sample.peak_rss_bytes = sample.rss_bytes + (int64_t)(model->more[i] * MIB);
    sample_write(&sample, stream);
    sample.phase = SAMPLE_END;
    sample.status = SAMPLE_OK;
    sample_write(&sample, stream);
}

static struct charted read_models(const struct model *model, size_t models, enum metric metric, enum fit_method method)
{
    char path[] = "/tmp/bends_test-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");
    struct charted charted;

    assert_non_null(stream);
    sample_write_header(stream);
    for (size_t k = 0; k < models; k++)
        for (size_t i = 0; i < COUNTS; i++)
            for (int64_t run = 1; run <= RUNS; run++)
                write_run(stream, &model[k], i, run);
    fclose(stream);
    charted = charted_by(path, metric, method);
    unlink(path);
    return charted;
}

static const struct figure_mark *find_mark(const struct figure_panel *panel, enum figure_mark_kind kind, size_t n)
{
    for (size_t i = 0; i < panel->marks; i++)
        if (panel->mark[i].kind == kind && n-- == 0)
            return &panel->mark[i];
    return NULL;
}

/* The height of a line at a count where it has a point. */
static double height_at(const struct figure_mark *line, double tasks)
{
    for (size_t i = 0; i < line->points; i++)
        if (fabs(line->point[i].x - tasks) < 1e-6 * tasks)
            return line->point[i].y;
    fail_msg("the line has no point at %g", tasks);
    return NAN;
}

static void medians_are_joined_where_no_line_holds(void **state)
{
    struct charted charted = read_models(&bent, 1, METRIC_PEAK, FIT_CURVE);
    struct figure figure = charted_figure(&charted, CHART_scaling);
    const struct figure_mark *line = find_mark(&figure.panel[0], FIGURE_LINE, 0);

    (void)state;
    assert_non_null(line);
    assert_int_equal(line->points, COUNTS);
    for (size_t i = 0; i < COUNTS; i++)
        assert_true(fabs(height_at(line, (double)count[i]) - bent.hold[i] * MIB) < 1);
    assert_null(find_mark(&figure.panel[0], FIGURE_LINE, 1));
    assert_null(find_mark(&figure.panel[0], FIGURE_BAND, 0));
    figure_free(&figure);
    charted_free(&charted);
}

/* What joins "bent", and the line of "straight". */
static void a_line_that_does_not_hold_is_not_drawn(void **state)
{
    const struct model models[] = {bent, straight};
    struct charted charted = read_models(models, 2, METRIC_PEAK, FIT_ROBUST);
    struct figure figure = charted_figure(&charted, CHART_scaling);

    (void)state;
    assert_non_null(find_mark(&figure.panel[0], FIGURE_LINE, 1));
    assert_true(fabs(height_at(find_mark(&figure.panel[0], FIGURE_LINE, 1), 1e6) - 70 * MIB) < PAGE);
    assert_null(find_mark(&figure.panel[0], FIGURE_LINE, 2));
    assert_non_null(find_mark(&figure.panel[0], FIGURE_BAND, 0));
    assert_non_null(strstr(figure.subtitle, "For 1 of 2 models a straight line (fit: robust) holds"));
    assert_int_equal(figure.panel[0].labels, 2);
    figure_free(&figure);
    charted_free(&charted);
}

/* A sum of nothing at the smallest count: runs at -2 to 2 pages, of which a log axis shows two. */
static void nothing_is_drawn_at_or_below_zero(void **state)
{
    static const struct model from_zero = {"from-zero", {0, 10, 20}, {0}};
    struct charted charted = read_models(&from_zero, 1, METRIC_RSS, FIT_CURVE);
    struct figure figure = charted_figure(&charted, CHART_scaling);
    const struct figure_panel *panel = &figure.panel[0];
    size_t runs = 0;

    (void)state;
    assert_non_null(find_mark(panel, FIGURE_LINE, 0));
    for (size_t k = 0; k < panel->marks; k++) {
        runs += panel->mark[k].kind == FIGURE_POINTS ? panel->mark[k].points : 0;
        for (size_t i = 0; i < panel->mark[k].points; i++)
            assert_true(panel->mark[k].point[i].y > 0);
    }
    assert_int_equal(runs, 2 + 5 + 5);
    figure_free(&figure);
    charted_free(&charted);
}

/* Runs a page apart have a variance of 2.5 page^2 at each of three counts, with 4 degrees of freedom each. */
static void the_band_of_residuals_is_that_of_single_runs(void **state)
{
    struct charted charted = read_models(&bent, 1, METRIC_PEAK, FIT_CURVE);
    struct figure figure = charted_figure(&charted, CHART_residuals);
    struct fit line = fit_series(&charted.data.list.series[0], FIT_ROBUST, 0.95);
    const struct figure_mark *band = find_mark(&figure.panel[0], FIGURE_BAND, 0);
    double half_width = gsl_cdf_tdist_Pinv(0.975, 12) * sqrt(2.5) * PAGE;

    (void)state;
    assert_non_null(band);
    for (size_t i = 0; i < band->points / 2; i++) {
        double mean = fit_mean_at(&line, band->point[i].x).value;

        assert_true(fabs(band->point[i].y + 100 * half_width / mean) < 1e-6);
    }
    /* 40 MiB over 9999 tasks = 4195 B, 10 MiB over 990000 = 10.6 B */
    assert_string_equal(figure.panel[0].title, "bent: no: 10.6 B to 4.10 KiB");
    assert_non_null(strstr(figure.subtitle, "(fit: robust)"));
    figure_free(&figure);
    charted_free(&charted);
}

/* With 10k tasks "bent" takes 50 MiB, though 10 MiB and 50 B a task would be 10.5, less than the 20.5 of "straight". */
static void totals_in_the_plane_are_those_measured(void **state)
{
    const struct model models[] = {bent, straight};
    struct charted charted = read_models(models, 2, METRIC_PEAK, FIT_CURVE);
    struct figure figure = charted_figure(&charted, CHART_plane);
    const struct figure_mark *line = find_mark(&figure.panel[1], FIGURE_LINE, 1);

    (void)state;
    assert_string_equal(figure.panel[0].row[0].name, "bent");
    assert_string_equal(figure.panel[0].row[1].name, "straight");
    assert_string_equal(figure.finding, "Cheapest with 1 task: bent; 10k tasks: straight; 1M tasks: bent.");
    for (size_t i = 0; i < line->points; i++)
        assert_true(fabs(line->point[i].x + 10000 * line->point[i].y - 20.5 * MIB) < 1);
    figure_free(&figure);
    charted_free(&charted);
}

static void charts_agree_on_peaks_outside_the_hold(void **state)
{
    static const struct model spiky = {"spiky", {10, 11, 110}, {0, 1, 100}};
    const struct model models[] = {bent, spiky};
    struct charted peak = read_models(models, 2, METRIC_PEAK, FIT_CURVE);
    struct charted hold = read_models(models, 2, METRIC_RSS, FIT_CURVE);
    static const enum chart_name charts_of_the_metric[] = {CHART_bars, CHART_overhead};
    struct figure breakdown = charted_figure(&peak, CHART_breakdown);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct figure with = charted_figure(&peak, charts_of_the_metric[i]);
        struct figure without = charted_figure(&hold, charts_of_the_metric[i]);

        assert_non_null(strstr(with.subtitle, " Peak while tasks start or end, not while they sleep: spiky."));
        assert_null(strstr(without.subtitle, "spiky"));
        figure_free(&with);
        figure_free(&without);
    }
    assert_non_null(strstr(breakdown.subtitle, " Not shown: what more is taken while tasks start or end, by spiky."));
    figure_free(&breakdown);
    charted_free(&peak);
    charted_free(&hold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians_are_joined_where_no_line_holds),
        cmocka_unit_test(a_line_that_does_not_hold_is_not_drawn),
        cmocka_unit_test(nothing_is_drawn_at_or_below_zero),
        cmocka_unit_test(the_band_of_residuals_is_that_of_single_runs),
        cmocka_unit_test(totals_in_the_plane_are_those_measured),
        cmocka_unit_test(charts_agree_on_peaks_outside_the_hold),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
