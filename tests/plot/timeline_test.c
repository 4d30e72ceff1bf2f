/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which samples of a run the chart of its life joins. The traces are by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/plot/charted.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define MIB (1 << 20)

struct point {
    enum sample_phase phase;
    int64_t ms, mib;
};

static void write_run(FILE *stream, const struct point *point, size_t points, int64_t run)
{
    struct sample sample = sample_unknown();

    sample.host = "host";
    sample.model = "model";
    sample.family = "process";
    sample.tasks = 1000;
    sample.run = run;
    for (size_t i = 0; i < points; i++) {
        sample.phase = point[i].phase;
        sample.time_us = 1000 * point[i].ms;
        sample.rss_bytes = MIB * point[i].mib;
        sample_write(&sample, stream);
    }
    sample.phase = SAMPLE_END;
    sample.peak_rss_bytes = sample.rss_bytes;
    sample.status = SAMPLE_OK;
    sample_write(&sample, stream);
}

/* So many runs of that trace. */
static struct charted read_trace(const struct point *point, size_t points, int64_t runs)
{
    char path[] = "/tmp/timeline_test-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");
    struct charted charted;

    assert_non_null(stream);
    sample_write_header(stream);
    for (int64_t run = 1; run <= runs; run++)
        write_run(stream, point, points, run);
    fclose(stream);
    charted = charted_read(path, METRIC_PEAK);
    unlink(path);
    return charted;
}

/* The n-th line of that dash, or the n-th single point where `kind` is FIGURE_POINTS; NULL if there are not so many. */
static const struct figure_mark *find_mark(const struct figure *figure, enum figure_mark_kind kind,
                                           enum figure_dash dash, size_t n)
{
    for (size_t i = 0; i < figure->panel[0].marks; i++) {
        const struct figure_mark *mark = &figure->panel[0].mark[i];

        if (mark->kind == kind && mark->style.dash == dash && n-- == 0)
            return mark;
    }
    return NULL;
}

static size_t count_marks(const struct figure *figure, enum figure_mark_kind kind, enum figure_dash dash)
{
    size_t count = 0;

    while (find_mark(figure, kind, dash, count))
        count++;
    return count;
}

static void assert_at(const struct figure_mark *mark, size_t point, double seconds, double mib)
{
    assert_non_null(mark);
    assert_in_range(point, 0, mark->points - 1);
    assert_true(fabs(mark->point[point].x - seconds) < 1e-9);
    assert_true(fabs(mark->point[point].y - mib * MIB) < 1e-3);
}

/* As of fork with 100k tasks: one sample of the plateau, the next 14 s later when tasks end, the last 18 s after that.
   The distances are 0.1, 0.1, 0.7, 8.5, 14.4 and 17.7 s, of which the median is 4.6; of those around 8.5 s until then
   0.4. */
static void a_plateau_ends_where_drain_begins(void **state)
{
    static const struct point trace[] = {{SAMPLE_SPAWN, 0, 1},    {SAMPLE_SPAWN, 100, 2},  {SAMPLE_SPAWN, 200, 3},
                                         {SAMPLE_SPAWN, 900, 30}, {SAMPLE_HOLD, 9400, 43}, {SAMPLE_DRAIN, 23800, 31},
                                         {SAMPLE_DRAIN, 41500, 2}};
    struct charted charted = read_trace(trace, sizeof trace / sizeof *trace, 1);
    struct figure figure = charted_figure(&charted, CHART_timeline);
    const struct figure_mark *plateau = find_mark(&figure, FIGURE_LINE, FIGURE_SOLID, 1);

    (void)state;
    assert_int_equal(count_marks(&figure, FIGURE_LINE, FIGURE_SOLID), 2);
    assert_int_equal(plateau->points, 2);
    assert_at(plateau, 0, 9.4, 43);
    assert_at(plateau, 1, 23.8, 43);
    assert_int_equal(count_marks(&figure, FIGURE_POINTS, FIGURE_SOLID), 2);
    assert_at(find_mark(&figure, FIGURE_POINTS, FIGURE_SOLID, 0), 0, 23.8, 31);
    assert_at(find_mark(&figure, FIGURE_POINTS, FIGURE_SOLID, 1), 0, 41.5, 2);
    figure_free(&figure);
    charted_free(&charted);
}

/* Eleven samples 0.1 s apart and as many from `gap` seconds later on. */
static size_t make_gap(struct point trace[22], int64_t gap_ms)
{
    for (int i = 0; i < 22; i++)
        trace[i] = (struct point){SAMPLE_SPAWN, 100 * (i < 11 ? i : i - 1) + (i < 11 ? 0 : gap_ms), 1 + i};
    return 22;
}

/* Three times 0.1 s is the limit. */
static void nothing_is_joined_across_a_gap(void **state)
{
    struct point trace[22];

    (void)state;
    for (int64_t gap = 290; gap <= 310; gap += 20) {
        struct charted charted = read_trace(trace, make_gap(trace, gap), 1);
        struct figure figure = charted_figure(&charted, CHART_timeline);

        assert_int_equal(count_marks(&figure, FIGURE_LINE, FIGURE_SOLID), gap < 300 ? 1 : 2);
        assert_int_equal(count_marks(&figure, FIGURE_POINTS, FIGURE_SOLID), 0);
        figure_free(&figure);
        charted_free(&charted);
    }
}

/* Nor is the median: two runs lack the same second, from 1 s to 2 s. */
static void the_median_is_unknown_in_a_gap(void **state)
{
    struct point trace[22];
    struct charted charted = read_trace(trace, make_gap(trace, 1000), 2);
    struct figure figure = charted_figure(&charted, CHART_timeline);

    (void)state;
    assert_int_equal(count_marks(&figure, FIGURE_LINE, FIGURE_DASHED), 2);
    for (size_t k = 0; k < 2; k++) {
        const struct figure_mark *median = find_mark(&figure, FIGURE_LINE, FIGURE_DASHED, k);

        for (size_t i = 0; i < median->points; i++)
            assert_true(k == 0 ? median->point[i].x <= 1 : median->point[i].x >= 2);
    }
    figure_free(&figure);
    charted_free(&charted);
}

/* The sampler waits longer and longer, by 1/8 a sample: the last of 30 distances is 5.5 times the median, and no gap.
   While all sleep it waits for other times, and then begins anew. */
static void a_pace_that_slows_down_has_no_gap(void **state)
{
    struct point trace[64];
    double ms = 0, step = 20;
    size_t points = 0;

    (void)state;
    for (int i = 0; i < 30; i++, ms += step, step *= 1.125)
        trace[points++] = (struct point){SAMPLE_SPAWN, (int64_t)ms, i};
    for (int i = 0; i < 3; i++, ms += 5000)
        trace[points++] = (struct point){SAMPLE_HOLD, (int64_t)ms, 40};
    step = 20;
    for (int i = 0; i < 30; i++, ms += step, step *= 1.125)
        trace[points++] = (struct point){SAMPLE_DRAIN, (int64_t)ms, 35 - i};
    {
        struct charted charted = read_trace(trace, points, 1);
        struct figure figure = charted_figure(&charted, CHART_timeline);

        assert_int_equal(count_marks(&figure, FIGURE_LINE, FIGURE_SOLID), 2); /* until the drain, and from there on */
        assert_int_equal(count_marks(&figure, FIGURE_POINTS, FIGURE_SOLID), 0);
        figure_free(&figure);
        charted_free(&charted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plateau_ends_where_drain_begins),
        cmocka_unit_test(nothing_is_joined_across_a_gap),
        cmocka_unit_test(the_median_is_unknown_in_a_gap),
        cmocka_unit_test(a_pace_that_slows_down_has_no_gap),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
