/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of recordings that are odd: values of 0 or less, and names from right to left. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/plot/charted.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_rows(FILE *stream, const char *model, int64_t tasks, int64_t run, int64_t bytes)
{
    struct sample sample = sample_unknown();

    sample.host = "host";
    sample.model = model;
    sample.family = "async";
    sample.tasks = tasks;
    sample.run = run;
    sample.phase = SAMPLE_HOLD;
    sample.time_us = 1000;
    sample.rss_bytes = sample.peak_rss_bytes = bytes;
    sample_write(&sample, stream);
    sample.phase = SAMPLE_END;
    sample.status = SAMPLE_OK;
    sample_write(&sample, stream);
}

/* Three runs of each model at 1 and 1000 tasks, of so many bytes and so many a task. */
static struct charted read_models(const char *const *model, const int64_t *bytes, const int64_t *per_task,
                                  size_t models)
{
    char path[] = "/tmp/names_and_zeros_test-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");
    struct charted charted;

    assert_non_null(stream);
    sample_write_header(stream);
    for (size_t i = 0; i < models; i++)
        for (int64_t run = 1; run <= 3; run++)
            for (int64_t tasks = 1; tasks <= 1000; tasks *= 1000)
                write_rows(stream, model[i], tasks, run, bytes[i] + tasks * per_task[i]);
    fclose(stream);
    charted = charted_read(path, METRIC_PEAK);
    unlink(path);
    return charted;
}

/* The chart of overheads shows limits, that of what a task is made of says so in each row. */
static bool shows_words(enum chart_name chart)
{
    return chart == CHART_overhead || chart == CHART_breakdown;
}

static void a_figure_without_a_value_above_zero_says_so(void **state)
{
    static const char *const model[] = {"a"};
    static const int64_t bytes[] = {0}, per_task[][1] = {{0}, {-1000}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct charted charted = read_models(model, bytes, per_task[i], 1);

        for (enum chart_name chart = 0; chart < CHART_COUNT; chart++) {
            struct figure figure = charted_figure(&charted, chart);

            if (shows_words(chart))
                assert_null(figure.lack);
            else if (charted_is_of_series(chart))
                assert_string_equal(figure.lack,
                                    chart == CHART_timeline
                                        ? "There is nothing to show. In no run is the resident memory above 0."
                                        : "There is nothing to show. In no run is the peak resident memory above 0.");
            figure_free(&figure);
        }
        charted_free(&charted);
    }
}

/* What can be drawn lies within the axes. */
static void values_below_zero_beside_others_are_told_in_words(void **state)
{
    static const char *const model[] = {"above", "below", "zero"};
    static const int64_t bytes[] = {1 << 20, 0, 0}, per_task[] = {100, -1000, 0};
    struct charted charted = read_models(model, bytes, per_task, 3);
    struct figure bars = charted_figure(&charted, CHART_bars), runs = charted_figure(&charted, CHART_distribution);
    struct figure residuals = charted_figure(&charted, CHART_residuals);
    size_t said = 0;

    (void)state;
    for (size_t i = 0; i < bars.panels; i++)
        for (size_t k = 0; k < bars.panel[i].marks; k++)
            for (size_t point = 0; point < bars.panel[i].mark[k].points; point++)
                assert_true(bars.panel[i].mark[k].point[point].x >= 0);
    for (size_t i = 0; i < runs.panel[0].labels; i++)
        said += strstr(runs.panel[0].label[i].text, "the median is not above 0") != NULL;
    assert_int_equal(said, 2);
    assert_int_equal(residuals.panels, 1);
    figure_free(&bars);
    figure_free(&runs);
    figure_free(&residuals);
    charted_free(&charted);
}

/* U+200E behind the name: "NAME, 1.4 MiB" would otherwise read "1.4 ,NAME MiB". */
static void what_follows_a_name_from_right_to_left_keeps_its_direction(void **state)
{
    static const char *const model[] = {"plain", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"};
    static const int64_t bytes[] = {1 << 20, 1 << 20}, per_task[] = {100, 200};
    struct charted charted = read_models(model, bytes, per_task, 2);
    struct figure figure = {0};

    (void)state;
    assert_string_equal(chart_series_name(&figure, &charted.data, 0), "plain");
    assert_string_equal(chart_series_name(&figure, &charted.data, 1), "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xe2\x80\x8e");
    figure_free(&figure);
    charted_free(&charted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure_without_a_value_above_zero_says_so),
        cmocka_unit_test(values_below_zero_beside_others_are_told_in_words),
        cmocka_unit_test(what_follows_a_name_from_right_to_left_keeps_its_direction),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
