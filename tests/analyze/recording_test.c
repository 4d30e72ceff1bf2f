/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings read: good ones, broken ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/recording.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A recording in a temporary file, and what was read of it. */
struct reading {
    char path[32];
    struct recordings recordings;
    struct error error;
    int result;
};

static struct sample sample_of(const char *model, int64_t tasks, int64_t run, enum sample_phase phase, int64_t rss)
{
    struct sample sample = sample_unknown();

    sample.host = "host";
    sample.model = model;
    sample.family = "thread";
    sample.tasks = tasks;
    sample.run = run;
    sample.phase = phase;
    sample.rss_bytes = sample.peak_rss_bytes = rss;
    if (phase == SAMPLE_END)
        sample.status = SAMPLE_OK;
    return sample;
}

static char *rows_of(const struct sample *sample, size_t samples, bool header)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(stream);
    if (header)
        sample_write_header(stream);
    for (size_t i = 0; i < samples; i++)
        sample_write(&sample[i], stream);
    fclose(stream);
    return text;
}

static struct reading read_text(const char *text, size_t length)
{
    struct reading reading = {.path = "/tmp/recording_test-XXXXXX"};
    int descriptor = mkstemp(reading.path);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, length), length);
    close(descriptor);
    reading.result = recordings_read(&reading.recordings, reading.path, &reading.error);
    unlink(reading.path);
    return reading;
}

static struct reading read_samples(const struct sample *sample, size_t samples)
{
    char *text = rows_of(sample, samples, true);
    struct reading reading = read_text(text, strlen(text));

    free(text);
    return reading;
}

/* Appends a line to the header and a whole run of four rows (lines 2 to 5), and expects "path:LINE: text". */
static void assert_refused(const char *line, const char *line_and_text)
{
    const struct sample run[] = {sample_of("a", 1, 1, SAMPLE_IDLE, 1), sample_of("a", 1, 1, SAMPLE_SPAWN, 1),
                                 sample_of("a", 1, 1, SAMPLE_HOLD, 1), sample_of("a", 1, 1, SAMPLE_END, 1)};
    char *rows = rows_of(run, 4, true), *text;
    struct reading reading;

    assert_true(asprintf(&text, "%s%s", rows, line) > 0);
    reading = read_text(text, strlen(text));
    assert_int_equal(reading.result, -1);
    assert_memory_equal(reading.error.text, reading.path, strlen(reading.path));
    if (!strstr(reading.error.text, line_and_text))
        fail_msg("'%s' lacks '%s'", reading.error.text, line_and_text);
    assert_int_equal(reading.recordings.runs, 0);
    assert_int_equal(reading.recordings.interrupted, 0);
    recordings_free(&reading.recordings);
    free(rows);
    free(text);
}

static void test_samples_become_values(void **state)
{
    const struct sample run[] = {
        sample_of("a", 10, 1, SAMPLE_IDLE, 100), sample_of("a", 10, 1, SAMPLE_IDLE, 300),
        sample_of("a", 10, 1, SAMPLE_SPAWN, 900), sample_of("a", 10, 1, SAMPLE_HOLD, 500),
        sample_of("a", 10, 1, SAMPLE_HOLD, 700),  sample_of("a", 10, 1, SAMPLE_HOLD, 600),
        sample_of("a", 10, 1, SAMPLE_END, 50),
    };
    struct reading reading = read_samples(run, 7);
    const struct run *read = reading.recordings.run;

    (void)state;
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.runs, 1);
    assert_string_equal(read->host, "host");
    assert_string_equal(read->model, "a");
    assert_string_equal(read->family, "thread");
    assert_string_equal(read->reason, "");
    assert_int_equal(read->tasks, 10);
    assert_int_equal(read->number, 1);
    assert_int_equal(read->status, SAMPLE_OK);
    assert_true(read->value[METRIC_IDLE] == 200); /* the median of 100 and 300 */
    assert_true(read->value[METRIC_PEAK] == 900); /* the largest */
    assert_true(read->value[METRIC_RSS] == 600);  /* the median of 500, 600 and 700 */
    assert_true(isnan(read->value[METRIC_KERNEL]));
    recordings_free(&reading.recordings);
}

static void test_a_run_without_its_end_is_left_out(void **state)
{
    const struct sample rows[] = {
        sample_of("a", 1, 1, SAMPLE_HOLD, 1), /* interrupted: another run follows */
        sample_of("a", 1, 2, SAMPLE_HOLD, 2), sample_of("a", 1, 2, SAMPLE_END, 2),
        sample_of("b", 1, 1, SAMPLE_HOLD, 3), /* interrupted: the file ends */
    };
    struct reading reading = read_samples(rows, 4);

    (void)state;
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.runs, 1);
    assert_int_equal(reading.recordings.run[0].number, 2);
    assert_int_equal(reading.recordings.interrupted, 2);
    recordings_free(&reading.recordings);
}

/* Wherever a crash cuts the file off, the first run is there, and the second only if its end row is. */
static void test_a_file_cut_off_anywhere(void **state)
{
    const struct sample rows[] = {sample_of("a", 1, 1, SAMPLE_HOLD, 11), sample_of("a", 1, 1, SAMPLE_END, 11),
                                  sample_of("a", 1, 2, SAMPLE_HOLD, 22), sample_of("a", 1, 2, SAMPLE_END, 22)};
    char *all = rows_of(rows, 4, true), *first = rows_of(rows, 2, true);
    size_t length = strlen(all);

    (void)state;
    for (size_t cut = strlen(first); cut <= length; cut++) {
        struct reading reading = read_text(all, cut);
        /* the last row's line break, and the comma before its empty reason, are all that it can lack */
        bool whole = cut >= length - 1, begun = cut > strlen(first);

        assert_int_equal(reading.result, 0);
        assert_int_equal(reading.recordings.runs, whole ? 2 : 1);
        assert_true(reading.recordings.interrupted == (begun && !whole) || cut < strlen(first) + 60);
        recordings_free(&reading.recordings);
    }
    free(all);
    free(first);
}

static void test_failed_runs_keep_their_reason(void **state)
{
    struct sample end = sample_of("a", 1, 1, SAMPLE_END, SAMPLE_UNKNOWN);
    struct reading reading;

    (void)state;
    end.status = SAMPLE_FAILED;
    end.reason = "a \"quoted\" reason, with a comma";
    reading = read_samples(&end, 1);
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.run[0].status, SAMPLE_FAILED);
    assert_string_equal(reading.recordings.run[0].reason, end.reason);
    recordings_free(&reading.recordings);
}

static void test_columns_in_another_order(void **state)
{
    /* Turned round, with a column that nobody knows, Windows line ends and a blank line. */
    const char text[] =
        "reason,status,system_us,user_us,threads,peak_charged_bytes,charged_bytes,kernel_bytes,"
        "kernel_stack_bytes,page_table_bytes,peak_rss_bytes,uss_bytes,pss_bytes,rss_bytes,alive,time_us,"
        "phase,run,tasks,family,model,host,colour\r\n"
        "\r\n"
        ",ok,,,,,,,,,4096,,,,,,end,3,7,fiber, a ,h,blue\r\n";
    struct reading reading = read_text(text, strlen(text));

    (void)state;
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.runs, 1);
    assert_int_equal(reading.recordings.run[0].tasks, 7);
    assert_int_equal(reading.recordings.run[0].number, 3);
    assert_string_equal(reading.recordings.run[0].model, " a "); /* blanks belong to the field */
    assert_true(reading.recordings.run[0].value[METRIC_PEAK] == 4096);
    recordings_free(&reading.recordings);
}

static void test_wrong_rows_are_refused(void **state)
{
    (void)state;
    assert_refused("host,a\n", ":6: 2 fields where the header has 22");
    assert_refused("\n\nhost,a\n", ":8: 2 fields"); /* blank lines are lines */
    assert_refused("host,a,thread,1,1,idle,,,many,,,,,,,,,,,,,\n", ":6: column rss_bytes: 'many' is not");
    assert_refused("host,a,thread,1,1,idle,,,1.5,,,,,,,,,,,,,\n", ":6: column rss_bytes: '1.5' is not");
    assert_refused("host,a,thread,1,1,sleep,,,,,,,,,,,,,,,,\n", ":6: column phase: 'sleep' is not");
    assert_refused("host,a,thread,0,1,idle,,,,,,,,,,,,,,,,\n", ":6: column tasks");
    assert_refused("host,a,thread,1,1,end,,,,,,,,,,,,,,,,\n", ":6: column status: empty");
    /* the runs interrupted before it are not counted either */
    assert_refused("host,a,thread,1,2,idle,,,,,,,,,,,,,,,,\nhost,a,thread,1,3,idle,,,,,,,,,,,,,,,,\nhost,a\n",
                   ":8: 2 fields");
    assert_refused("host,\"a,thread\n", ":6: a quoted field does not end");
    assert_refused("host,a\"b,thread\n", ":6: ");
}

static void test_other_files_are_refused(void **state)
{
    struct reading reading;

    (void)state;
    reading = read_text("x,y\n1,2\n", 8);
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, ":1: column host: missing in the header (is this a recording?)"));
    recordings_free(&reading.recordings);
    reading = read_text("", 0);
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, "empty"));
    recordings_free(&reading.recordings);
    reading = read_text("\x7f" "ELF\0\0,\n", 9);
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, ":1: a zero byte"));
    recordings_free(&reading.recordings);
}

/* A field that never ends must not fill the memory. */
static void test_an_endless_field_is_refused(void **state)
{
    size_t length = 8 << 20;
    char *text = malloc(length);
    struct reading reading;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', length);
    reading = read_text(text, length);
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, ":1: a longer"));
    recordings_free(&reading.recordings);
    free(text);
}

static void test_a_missing_file(void **state)
{
    struct recordings recordings = {0};
    struct error error;

    (void)state;
    assert_int_equal(recordings_read(&recordings, "/nonexistent/x.csv", &error), -1);
    assert_string_equal(error.text, "/nonexistent/x.csv: No such file or directory");
    assert_int_equal(recordings_read(&recordings, "/tmp", &error), -1);
    assert_non_null(strstr(error.text, "Is a directory"));
    recordings_free(&recordings);
}

/* What was read before a bad file stays, and more can follow. */
static void test_a_bad_file_leaves_the_good_ones(void **state)
{
    struct sample end = sample_of("a", 1, 1, SAMPLE_END, 5);
    char *text = rows_of(&end, 1, true);
    struct reading good = read_text(text, strlen(text));
    char path[] = "/tmp/recording_test-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");

    (void)state;
    assert_non_null(file);
    fprintf(file, "%sbad\n", text);
    fclose(file);
    assert_int_equal(recordings_read(&good.recordings, path, &good.error), -1);
    assert_int_equal(good.recordings.runs, 1);
    assert_true(good.recordings.run[0].value[METRIC_PEAK] == 5);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(recordings_read(&good.recordings, path, &good.error), 0);
    assert_int_equal(good.recordings.runs, 2);
    unlink(path);
    recordings_free(&good.recordings);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_become_values),
        cmocka_unit_test(test_a_run_without_its_end_is_left_out),
        cmocka_unit_test(test_a_file_cut_off_anywhere),
        cmocka_unit_test(test_failed_runs_keep_their_reason),
        cmocka_unit_test(test_columns_in_another_order),
        cmocka_unit_test(test_wrong_rows_are_refused),
        cmocka_unit_test(test_other_files_are_refused),
        cmocka_unit_test(test_an_endless_field_is_refused),
        cmocka_unit_test(test_a_missing_file),
        cmocka_unit_test(test_a_bad_file_leaves_the_good_ones),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
