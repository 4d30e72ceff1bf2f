/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What charts say of recordings by hand: each model takes 1 MiB and so many bytes a task, and its runs lie so many
   bytes apart; the numbers expected are those put in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plot/finding.h"
#include "tests/plot/charted.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUIET 4096
#define NOISY 1048576

struct model {
    const char *name;
    int64_t per_task, apart; /* bytes */
};

struct sweep {
    const char *host[2];
    struct model model[6];
    int64_t runs, least, most; /* runs of each count; counts from, to, in steps of 1000 times as many */
};

static void write_run(FILE *stream, const char *host, const struct model *model, int64_t tasks, int64_t run)
{
    struct sample sample = sample_unknown();

    sample.host = host;
    sample.model = model->name;
    sample.family = "async";
    sample.tasks = tasks;
    sample.run = run;
    sample.phase = SAMPLE_HOLD;
    sample.time_us = 1000;
    sample.rss_bytes = sample.peak_rss_bytes = (1 << 20) + tasks * model->per_task + run * model->apart;
    sample_write(&sample, stream);
    sample.phase = SAMPLE_END;
    sample.status = SAMPLE_OK;
    sample_write(&sample, stream);
}

static void write_host(FILE *stream, const struct sweep *sweep, const char *host)
{
    for (size_t i = 0; i < 6 && sweep->model[i].name; i++)
        for (int64_t run = 1; run <= sweep->runs; run++)
            for (int64_t tasks = sweep->least; tasks <= sweep->most; tasks *= 1000)
                write_run(stream, host, &sweep->model[i], tasks, run);
}

static struct charted read_sweep(const struct sweep *sweep)
{
    char path[] = "/tmp/finding_test-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");
    struct charted charted;

    assert_non_null(stream);
    sample_write_header(stream);
    write_host(stream, sweep, sweep->host[0] ? sweep->host[0] : "host");
    if (sweep->host[1])
        write_host(stream, sweep, sweep->host[1]);
    fclose(stream);
    charted = charted_read(path, METRIC_PEAK);
    unlink(path);
    return charted;
}

static void assert_finding(struct sweep sweep, enum chart_name chart, const char *finding)
{
    struct charted charted = read_sweep(&sweep);
    struct figure figure = charted_figure(&charted, chart);

    assert_string_equal(figure.finding, finding);
    figure_free(&figure);
    charted_free(&charted);
}

/* 1000 tasks of 1000 and of 2000 bytes, with runs a page apart. */
static void models_that_differ_are_named(void **state)
{
    const struct sweep sweep = {.model = {{"a", 1000, QUIET}, {"b", 2000, QUIET}}, .runs = 5, .least = 1, .most = 1000};

    (void)state;
    assert_finding(
        sweep, CHART_overhead,
        "Of 2 models, a adds the least per task to the peak resident memory, 1000 B, and b the most, 1.95 KiB.");
    assert_finding(sweep, CHART_bars,
                   "Of 2 models with 1k tasks, a takes the least, 1.97 MiB, and b the most, 2.92 MiB.");
    assert_finding(sweep, CHART_scaling,
                   "From a to b the slopes differ by a factor of about 2: 1000 B and 1.95 KiB for each task.");
}

static void models_that_do_not_are_named_together(void **state)
{
    const struct sweep two = {.model = {{"a", 5000, NOISY}, {"b", 5010, NOISY}}, .runs = 5, .least = 1, .most = 1000};
    const struct sweep three = {
        .model = {{"a", 5000, NOISY}, {"b", 5010, NOISY}, {"c", 99999, NOISY}}, .runs = 5, .least = 1, .most = 1000};

    (void)state;
    assert_finding(two, CHART_overhead,
                   "Of 2 models, a and b are not told apart by 5 runs a count: 4.88 KiB to 4.89 KiB.");
    assert_finding(
        two, CHART_scaling,
        "The least and the largest slope, 4.88 KiB of a and 4.89 KiB of b, are not told apart by 5 runs a count: 1 "
        "pair of models is compared.");
    assert_finding(
        three, CHART_overhead,
        "Of 3 models, a and b, not told apart, add the least per task to the peak resident memory, 4.88 KiB to "
        "4.89 KiB, and c the most, 97.7 KiB.");
    assert_finding(three, CHART_plane, "Cheapest with 1 task: a, b and c, not told apart.");
}

static void of_many_only_three_are_named(void **state)
{
    const struct sweep sweep = {
        .model = {{"a", 5000, NOISY}, {"b", 5001, NOISY}, {"c", 5002, NOISY}, {"d", 5003, NOISY}, {"e", 5004, NOISY}},
        .runs = 5,
        .least = 1,
        .most = 1000};

    (void)state;
    assert_finding(sweep, CHART_overhead,
                   "Of 5 models, a, b, c and 2 more are not told apart by 5 runs a count: 4.88 KiB to "
                   "4.89 KiB.");
}

/* The harness's own take less and more than all others. */
static void controls_never_win(void **state)
{
    const struct sweep sweep = {
        .model = {{"null", 10, QUIET}, {"a", 1000, QUIET}, {"b", 2000, QUIET}, {"calibrate", 4000, QUIET}},
        .runs = 5,
        .least = 1,
        .most = 1000};
    struct sweep own = sweep;

    (void)state;
    assert_finding(
        sweep, CHART_overhead,
        "Of 2 models, a adds the least per task to the peak resident memory, 1000 B, and b the most, 1.95 KiB.");
    assert_finding(sweep, CHART_bars,
                   "Of 2 models with 1k tasks, a takes the least, 1.97 MiB, and b the most, 2.92 MiB.");
    own.model[1] = (struct model){"calibrate", 4000, QUIET};
    own.model[2].name = NULL;
    for (enum chart_name chart = 0; chart < CHART_COUNT; chart++)
        if (charted_is_of_series(chart) && chart != CHART_residuals) /* a line that holds is a finding, too */
            assert_finding(own, chart, "Only the harness's own models were run, whose cost is no finding.");
}

static void one_run_proves_nothing(void **state)
{
    const struct sweep sweep = {.model = {{"a", 1000, QUIET}, {"b", 2000, QUIET}}, .runs = 1, .least = 1, .most = 1000};
    static const char text[] = "One run a count: no error is known, so that nothing is proven.";

    (void)state;
    assert_finding(sweep, CHART_overhead, text);
    assert_finding(sweep, CHART_scaling, text);
    assert_finding(sweep, CHART_plane, text);
    assert_finding(sweep, CHART_bars,
                   "One run of each model with 1k tasks: no error is known, so that no difference is proven.");
    assert_finding(sweep, CHART_distribution,
                   "No model has several runs at its largest count: how far they scatter is not known.");
}

static void one_count_gives_no_slope(void **state)
{
    const struct sweep sweep = {
        .model = {{"a", 1000, QUIET}, {"b", 2000, QUIET}}, .runs = 5, .least = 1000, .most = 1000};
    static const char text[] = "Every model was run at one count only: what a task costs takes two.";

    (void)state;
    assert_finding(sweep, CHART_overhead, text);
    assert_finding(sweep, CHART_scaling, text);
    assert_finding(sweep, CHART_plane, text);
    assert_finding(sweep, CHART_bars,
                   "Of 2 models with 1k tasks, a takes the least, 1.97 MiB, and b the most, 2.92 MiB.");
}

static void one_model_is_compared_with_none(void **state)
{
    const struct sweep sweep = {.model = {{"a", 1000, QUIET}}, .runs = 5, .least = 1, .most = 1000};

    (void)state;
    assert_finding(sweep, CHART_overhead, "A task of a costs 1000 B.");
    assert_finding(sweep, CHART_bars, "Only a ran with 1k tasks, and took 1.97 MiB.");
    assert_finding(sweep, CHART_scaling, "Only one model's slope is known.");
    assert_finding(sweep, CHART_plane, "No two models were run with 1, 10k, 100k or 1M tasks: none is cheapest.");
}

static void hosts_are_told_apart(void **state)
{
    const struct sweep sweep = {
        .host = {"x", "y"}, .model = {{"a", 1000, QUIET}, {"b", 2000, QUIET}}, .runs = 5, .least = 1, .most = 1000};

    (void)state;
    assert_finding(
        sweep, CHART_bars,
        "On x, of 2 models with 1k tasks, a (x) takes the least, 1.97 MiB, and b (x) the most, 2.92 MiB. On y, of "
        "2 models with 1k tasks, a (y) takes the least, 1.97 MiB, and b (y) the most, 2.92 MiB.");
}

/* --- the adjustment ----------------------------------------------------------------------------------------------- */

/* Two values 2.5 apart with errors of 0.7 each: z = 2.5 / 0.99 = 2.53, p = 0.0116. Alone they are told apart; with
   three in the middle they are one of 10 pairs, and 10 * 0.0116 is more than 0.05. */
static void each_pair_counts_as_a_test(void **state)
{
    const double value[] = {100, 102.5, 101.2, 101.25, 101.3};
    struct series series[5];
    const struct chart_data data = {.list = {.series = series, .count = 5}, .confidence = 0.95};
    struct figure figure = {0};

    (void)state;
    for (size_t i = 0; i < 5; i++)
        series[i] = (struct series){.host = "host", .model = "abcde" + i, .work = "sleep"};
    for (size_t sides = 2; sides <= 5; sides += 3) {
        struct finding finding = finding_new(&figure, &data, sides);

        for (size_t i = 0; i < sides; i++)
            finding_add(&finding, &data, (struct finding_side){i, 0, estimate_of(value[i], 0.7, 1e6, 0.95)});
        finding_compare(&figure, &data, &finding);
        assert_int_equal(finding_tells_ends_apart(&finding, &data, 0), sides == 2);
        finding_free(&finding);
    }
    figure_free(&figure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_that_differ_are_named),    cmocka_unit_test(models_that_do_not_are_named_together),
        cmocka_unit_test(of_many_only_three_are_named),    cmocka_unit_test(controls_never_win),
        cmocka_unit_test(one_run_proves_nothing),          cmocka_unit_test(one_count_gives_no_slope),
        cmocka_unit_test(one_model_is_compared_with_none), cmocka_unit_test(hosts_are_told_apart),
        cmocka_unit_test(each_pair_counts_as_a_test),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
