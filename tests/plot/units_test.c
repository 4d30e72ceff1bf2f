/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every chart of a metric in seconds, of a recording by hand (tests/analyze/fixtures/README.md) that holds memory too:
   the charts show time alone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/plot/charted.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#define RECORDING "tests/analyze/fixtures/processor-time.csv"

/* The caller frees it. */
static char *text_of(const struct charted *charted, enum chart_name chart)
{
    struct figure figure = charted_figure(charted, chart);
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(stream);
    figure_write(&figure, stream);
    fclose(stream);
    figure_free(&figure);
    return text;
}

static const char *word_of_memory(const char *text)
{
    static const char *const words[] = {"memory", "kernel", "resident", "KiB", "MiB", "GiB", "bytes"};
    const char *found = NULL;

    for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++)
        found = strcasestr(text, words[i]);
    return found;
}

static void charts_of_time_say_nothing_of_memory(void **state)
{
    struct charted charted = charted_read(RECORDING, METRIC_CPU);

    (void)state;
    for (enum chart_name chart = 0; chart < CHART_COUNT; chart++) {
        char *text = text_of(&charted, chart);

        if (word_of_memory(text))
            fail_msg("%s: %.60s", chart_names[chart], word_of_memory(text));
        if (charts[chart].works == CHART_ANY)
            assert_non_null(strstr(text, chart_shows(chart, METRIC_CPU) ? "metric cpu: processor time" : "not of cpu"));
        free(text);
    }
    charted_free(&charted);
}

/* The same words are found where they belong. */
static void charts_of_memory_do(void **state)
{
    struct charted charted = charted_read(RECORDING, METRIC_PEAK);

    (void)state;
    for (enum chart_name chart = 0; chart < CHART_COUNT; chart++) {
        char *text = text_of(&charted, chart);

        assert_true(chart_shows(chart, METRIC_PEAK));
        assert_true(word_of_memory(text) || charts[chart].works != CHART_ANY);
        free(text);
    }
    charted_free(&charted);
}

/* 1.25 and 5 µs a task, as the fixture has them. */
static void times_are_drawn_in_microseconds(void **state)
{
    struct charted charted = charted_read(RECORDING, METRIC_CPU);
    struct figure figure = charted_figure(&charted, CHART_overhead);
    struct axis_tick tick[AXIS_MAX_TICKS];
    size_t labelled = 0;

    (void)state;
    assert_int_equal(figure.panel[0].x.unit, UNIT_SECONDS);
    for (size_t i = axis_ticks(&figure.panel[0].x, 5, tick); i-- > 0;)
        if (*tick[i].text) {
            assert_true(strstr(tick[i].text, " µs") || strstr(tick[i].text, " ns"));
            labelled++;
        }
    assert_true(labelled >= 2);
    assert_string_equal(figure.panel[0].x_title, "Overhead per task (seconds)");
    assert_string_equal(figure.panel[0].column[0].entry[0].text, "1.25 µs");
    assert_string_equal(
        figure.finding,
        "Of 2 models, quick adds the least per task to the processor time of the run, 1.25 µs, and slow "
        "the most, 5.00 µs.");
    assert_int_equal(figure.panel[0].columns, 2); /* with its interval */
    figure_free(&figure);
    charted_free(&charted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_of_time_say_nothing_of_memory),
        cmocka_unit_test(charts_of_memory_do),
        cmocka_unit_test(times_are_drawn_in_microseconds),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
