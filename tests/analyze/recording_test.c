/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings read: good ones, broken ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/recording.h"
#include "analyze/run.h"
#include "analyze/series.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* A recording in a temporary file, and what was read of it. */
struct reading {
    char path[32];
    struct recordings recordings;
    struct recording_file file;
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
    reading.file = (struct recording_file){.path = reading.path};
    reading.result = recordings_read_files(&reading.recordings, &reading.file, 1);
    reading.error = reading.file.error;
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

/* Appends lines to the header and a whole run of four rows (lines 2 to 5), and expects "path:LINE: text", the good run
   kept, and so many others left out. */
static void assert_told(const char *lines, const char *line_and_text, size_t spoiled)
{
    const struct sample run[] = {sample_of("a", 1, 1, SAMPLE_IDLE, 1), sample_of("a", 1, 1, SAMPLE_SPAWN, 1),
                                 sample_of("a", 1, 1, SAMPLE_HOLD, 1), sample_of("a", 1, 1, SAMPLE_END, 1)};
    char *rows = rows_of(run, 4, true), *text;
    struct reading reading;

    assert_true(asprintf(&text, "%s%s", rows, lines) > 0);
    reading = read_text(text, strlen(text));
    assert_int_equal(reading.result, -1);
    assert_memory_equal(reading.error.text, reading.path, strlen(reading.path));
    if (!strstr(reading.error.text, line_and_text))
        fail_msg("'%s' lacks '%s'", reading.error.text, line_and_text);
    assert_int_equal(reading.recordings.runs, 1);
    assert_int_equal(reading.file.spoiled, spoiled);
    recordings_free(&reading.recordings);
    free(rows);
    free(text);
}

static void test_samples_become_values(void **state)
{
    const struct sample run[] = {
        sample_of("a", 10, 1, SAMPLE_IDLE, 100),  sample_of("a", 10, 1, SAMPLE_IDLE, 300),
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

/* A row of a run of that work, with the time since the go and the processor time so far; no memory. */
static struct sample timed(const char *work, enum sample_phase phase, int64_t time_us, int64_t cpu_ns)
{
    struct sample sample = sample_of("a", 10, 1, phase, SAMPLE_UNKNOWN);

    sample.work = work;
    sample.time_us = time_us;
    sample.cpu_ns = cpu_ns;
    return sample;
}

static void assert_seconds(double seconds, double expected)
{
    if (!(fabs(seconds - expected) < 1e-15))
        fail_msg("%.12g where %.12g was expected", seconds, expected);
}

/* Held from 40 to 160 µs: half of the samples were taken within 20 µs. */
static void test_age_is_since_the_hold_began(void **state)
{
    struct sample run[] = {
        timed("", SAMPLE_IDLE, -9, 0), timed("", SAMPLE_SPAWN, 7, 0),  timed("", SAMPLE_HOLD, 40, 0),
        timed("", SAMPLE_HOLD, 60, 0), timed("", SAMPLE_HOLD, 160, 0), timed("", SAMPLE_END, 170, 0),
        timed("", SAMPLE_SPAWN, 7, 0), timed("", SAMPLE_END, 170, 0), /* without a sample of hold */
    };
    struct reading reading;

    (void)state;
    run[6].run = run[7].run = 2;
    reading = read_samples(run, 8);
    assert_int_equal(reading.recordings.runs, 2);
    assert_seconds(reading.recordings.run[0].value[METRIC_AGE], 20e-6);
    assert_true(isnan(reading.recordings.run[1].value[METRIC_AGE]));
    recordings_free(&reading.recordings);
}

/* Tasks that sleep 2 s: 1100 - 400 ns until ready, 1800 - 1100 ns from there to done, 1900 ns in all. */
static void test_a_run_of_time_has_times(void **state)
{
    struct sample run[] = {
        timed("time", SAMPLE_IDLE, -9, 300),      timed("time", SAMPLE_IDLE, 0, 400),
        timed("time", SAMPLE_HOLD, 50, 1100),     timed("time", SAMPLE_DRAIN, 2000080, 1800),
        timed("time", SAMPLE_END, 2000090, 1900),
    };
    const double *value;
    struct reading reading;

    (void)state;
    run[2].value_ns = 2000000000;
    run[4].voluntary_switches = 5;
    run[4].involuntary_switches = 2;
    run[4].minor_faults = 40;
    run[4].major_faults = 1;
    run[4].user_us = 10000; /* by ticks, which the clock replaces */
    reading = read_samples(run, 5);
    assert_int_equal(reading.recordings.runs, 1);
    assert_string_equal(reading.recordings.run[0].work, "time");
    value = reading.recordings.run[0].value;
    assert_seconds(value[METRIC_SPAWN_CPU], 700e-9);
    assert_seconds(value[METRIC_END_CPU], 700e-9);
    assert_seconds(value[METRIC_AWAKE_CPU], 1400e-9);
    assert_seconds(value[METRIC_CPU], 1900e-9);
    assert_seconds(value[METRIC_SPAWN_TIME], 50e-6);
    assert_true(fabs(value[METRIC_TOTAL_TIME] - 80e-6) < 1e-12); /* 2.00008 s less 2 s */
    assert_true(value[METRIC_SWITCHES] == 7);
    assert_true(value[METRIC_FAULTS] == 41);
    assert_true(isnan(value[METRIC_LATE_MAX]) && isnan(value[METRIC_MESSAGE_CPU]));
    recordings_free(&reading.recordings);
}

/* 100 messages from 1000 to 31000 ns and from 50 to 90 us. */
static void test_a_run_of_messages_has_shares_of_them(void **state)
{
    struct sample run[] = {timed("pass:2:100", SAMPLE_IDLE, 0, 0), timed("pass:2:100", SAMPLE_HOLD, 50, 1000),
                           timed("pass:2:100", SAMPLE_PASS, 90, 31000), timed("pass:2:100", SAMPLE_END, 99, 32000)};
    struct reading reading;

    (void)state;
    run[2].count = 100;
    reading = read_samples(run, 4);
    assert_seconds(reading.recordings.run[0].value[METRIC_MESSAGE_CPU], 300e-9);
    assert_seconds(reading.recordings.run[0].value[METRIC_MESSAGE_TIME], 400e-9);
    assert_true(isnan(reading.recordings.run[0].value[METRIC_CPU])); /* of time alone */
    recordings_free(&reading.recordings);
    run[2].count = 0;
    reading = read_samples(run, 4);
    assert_int_equal(reading.recordings.runs, 1);
    assert_true(isnan(reading.recordings.run[0].value[METRIC_MESSAGE_CPU]));
    recordings_free(&reading.recordings);
}

static void test_a_run_of_beats_has_its_own_quantiles(void **state)
{
    struct sample run[] = {timed("beat:10:10ms", SAMPLE_LATE, SAMPLE_UNKNOWN, SAMPLE_UNKNOWN),
                           timed("beat:10:10ms", SAMPLE_END, 9, SAMPLE_UNKNOWN),
                           timed("beat:10:10ms", SAMPLE_END, 9, SAMPLE_UNKNOWN)};
    struct reading reading;

    (void)state;
    run[0].tasks = run[1].tasks = run[2].tasks = 0;
    run[0].value_ns = 1024;
    run[0].count = 100;
    run[2].run = 2; /* which has no beat, and none of the first one's */
    reading = read_samples(run, 3);
    assert_int_equal(reading.recordings.runs, 2);
    assert_seconds(reading.recordings.run[0].value[METRIC_LATE_P50], 1088e-9); /* half of 128 ns in */
    assert_true(isnan(reading.recordings.run[1].value[METRIC_LATE_P50]));
    recordings_free(&reading.recordings);
}

/* The same model, count and repetition, told apart by their work; one of a work to come is passed over. */
static void test_the_work_is_part_of_a_runs_name(void **state)
{
    const struct sample rows[] = {
        sample_of("a", 10, 1, SAMPLE_HOLD, 7),    sample_of("a", 10, 1, SAMPLE_END, 7),
        timed("time", SAMPLE_END, 1, 5),          timed("pass:2:100", SAMPLE_END, 1, 5),
        timed("pass:1000:100", SAMPLE_END, 1, 5), timed("juggle:3", SAMPLE_HOLD, 1, 5),
        timed("juggle:3", SAMPLE_END, 1, 5),
    };
    struct reading reading = read_samples(rows, 7);

    (void)state;
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.runs, 4);
    assert_int_equal(reading.file.repeated, 0);
    assert_int_equal(reading.file.of_other_work, 1);
    assert_string_equal(reading.recordings.run[0].work, "sleep");
    assert_true(isnan(reading.recordings.run[1].value[METRIC_PEAK]));
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
    assert_int_equal(reading.file.interrupted, 2);
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
        /* it can lack only the last row's line break and the comma before its empty reason */
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
    /* Columns in reverse order, an unknown column, Windows line ends and a blank line. */
    const char text[] =
        "reason,status,system_us,user_us,threads,peak_charged_bytes,charged_bytes,kernel_bytes,"
        "kernel_stack_bytes,page_table_bytes,peak_rss_bytes,uss_bytes,pss_bytes,rss_bytes,alive,time_us,"
        "phase,run,tasks,family,model,host,colour\r\n"
        "\r\n"
        ",ok,,,,,,,,,4096,,,,,,end,3,7,fiber,\" a \", h\t,blue\r\n";
    struct reading reading = read_text(text, strlen(text));

    (void)state;
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.runs, 1);
    assert_int_equal(reading.recordings.run[0].tasks, 7);
    assert_int_equal(reading.recordings.run[0].number, 3);
    assert_string_equal(reading.recordings.run[0].model, " a "); /* within quotes blanks belong to the field */
    assert_string_equal(reading.recordings.run[0].host, "h");    /* otherwise they do not */
    assert_true(reading.recordings.run[0].value[METRIC_PEAK] == 4096);
    recordings_free(&reading.recordings);
}

#define ROW(run, phase, rss, end) "host,a,thread,1," run "," phase ",,," rss ",,,,,,,,,,,," end ",,,,,,,,,\n"

static void test_wrong_rows_spoil_their_run(void **state)
{
    (void)state;
    assert_told("host,a\n", ":6: 2 fields where the header has 31", 1);
    assert_told("\n\nhost,a\n", ":8: 2 fields", 1); /* blank lines are lines */
    assert_told(ROW("1", "idle", "many", ","), ":6: column rss_bytes: 'many' is not", 1);
    assert_told(ROW("1", "idle", "1.5", ","), ":6: column rss_bytes: '1.5' is not", 1);
    assert_told(ROW("1", "idle", "nan", ","), ":6: column rss_bytes: 'nan' is not", 1);
    assert_told(ROW("1", "idle", "inf", ","), ":6: column rss_bytes: 'inf' is not", 1);
    assert_told(ROW("1", "idle", "0x10", ","), ":6: column rss_bytes: '0x10' is not", 1);
    assert_told(ROW("1", "idle", "1e3", ","), ":6: column rss_bytes: '1e3' is not", 1);
    assert_told(ROW("1", "idle", "99999999999999999999", ","), ":6: column rss_bytes: '9999", 1);
    assert_told(ROW("1.5", "idle", "1", ","), ":6: column run: '1.5' is not", 1);
    assert_told(ROW("-1", "idle", "1", ","), ":6: column run", 1);
    assert_told(ROW("1", "1.5", "1", ","), ":6: column phase: '1.5' is not", 1);
    assert_told(ROW("1", "end", "1", ","), ":6: column status: empty", 1);
    assert_told("host,a,thread,0,1,idle,,,,,,,,,,,,,,,,,,,,,,,,,\n", ":6: column tasks", 1);
    /* the run under way, or the one that a bad row begins; others stay */
    assert_told(ROW("2", "idle", "1", ",") ROW("2", "hold", "x", ",") ROW("2", "end", "1", "ok,"), ":7: column rss", 1);
    assert_told(ROW("2", "idle", "x", ",") ROW("2", "hold", "1", ",") ROW("2", "end", "1", "ok,"), ":6: column rss", 1);
    assert_told(ROW("2", "idle", "x", ",") ROW("2", "end", "1", "ok,") "x\n" ROW("3", "end", "1", "ok,"), ":6: ", 2);
    /* line breaks within a text count */
    assert_told("\"ho\nst\",a,thread,1,1,idle,,,,,,,,,,,,,,,,,,,,,,,,,\nx\n", ":8: 1 fields", 1);
    /* nothing after a wrong quote can be trusted */
    assert_told("host,\"a,thread\n", ":6: a quoted field does not end", 0);
    assert_told("host,a\"b,thread\n", ":6: ", 0);
}

static void test_a_zero_byte_is_told(void **state)
{
    const char text[] = ROW("2", "idle", "1\0", ",");
    struct sample end = sample_of("a", 1, 1, SAMPLE_END, 1);
    char *rows = rows_of(&end, 1, true), *all;
    struct reading reading;
    int length;

    (void)state;
    length = asprintf(&all, "%s%.*s%c%s", rows, (int)strlen(text), text, '\0', text + strlen(text) + 1);
    assert_true(length > 0);
    reading = read_text(all, (size_t)length);
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, ":3: column rss_bytes"));
    assert_int_equal(reading.recordings.runs, 1);
    recordings_free(&reading.recordings);
    free(rows);
    free(all);
}

/* The text with each `from` replaced by `to`; the caller frees it. */
static char *with_bytes(const char *text, char from, char to)
{
    char *copy = strdup(text);

    assert_non_null(copy);
    for (char *byte = copy; *byte; byte++)
        if (*byte == from)
            *byte = to;
    return copy;
}

/* Reads two runs, and expects both. */
static void assert_reads_two(const char *text, size_t length)
{
    struct reading reading = read_text(text, length);

    if (reading.result != 0)
        fail_msg("%s", reading.error.text);
    assert_int_equal(reading.recordings.runs, 2);
    assert_int_equal(reading.file.spoiled + reading.file.interrupted, 0);
    assert_true(reading.recordings.run[1].value[METRIC_PEAK] == 22);
    recordings_free(&reading.recordings);
}

static char *two_runs(void)
{
    const struct sample rows[] = {sample_of("a", 1, 1, SAMPLE_HOLD, 11), sample_of("a", 1, 1, SAMPLE_END, 11),
                                  sample_of("a", 1, 2, SAMPLE_HOLD, 22), sample_of("a", 1, 2, SAMPLE_END, 22)};

    return rows_of(rows, 4, true);
}

/* Where a comma is the decimal point, spreadsheets separate fields by semicolons; Excel's first line may say so. */
static void test_what_spreadsheets_write_is_read(void **state)
{
    static const char *const leads[] = {"", "sep=;\r\n", "\xef\xbb\xbf", "\xef\xbb\xbfsep=;\n"};
    char *rows = two_runs(), *semicolons = with_bytes(rows, ',', ';'), *tabs = with_bytes(rows, ',', '\t');

    (void)state;
    assert_reads_two(tabs, strlen(tabs));
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        char *text;

        assert_true(asprintf(&text, "%s%s", leads[i], semicolons) > 0);
        assert_reads_two(text, strlen(text));
        free(text);
    }
    free(rows);
    free(semicolons);
    free(tabs);
}

static void test_lines_count_from_the_first_one_in_the_file(void **state)
{
    char *rows = two_runs(), *semicolons = with_bytes(rows, ',', ';'), *text;
    struct reading reading;

    (void)state;
    assert_true(asprintf(&text, "sep=;\n%sx\n", semicolons) > 0);
    reading = read_text(text, strlen(text));
    assert_non_null(strstr(reading.error.text, ":7: 1 fields where the header has"));
    recordings_free(&reading.recordings);
    free(text);
    free(rows);
    free(semicolons);
}

static void test_utf_16_is_told(void **state)
{
    struct reading reading = read_text("\xff\xfeh\0o\0s\0t\0", 10);

    (void)state;
    assert_non_null(
        strstr(reading.error.text, ":1: UTF-16, a spreadsheet's \"Unicode text\" (save it as CSV in UTF-8)"));
    recordings_free(&reading.recordings);
}

/* gzip's bytes of the text, with room for them. */
static size_t compress_text(const char *text, unsigned char *bytes, size_t room)
{
    z_stream stream = {0};
    size_t length;

    assert_int_equal(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)text;
    stream.avail_in = (unsigned)strlen(text);
    stream.next_out = bytes;
    stream.avail_out = (unsigned)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    length = stream.total_out;
    deflateEnd(&stream);
    return length;
}

static void test_gzip_is_read(void **state)
{
    unsigned char bytes[4096];
    char *rows = two_runs();
    size_t length = compress_text(rows, bytes, sizeof bytes);
    struct reading reading;

    (void)state;
    assert_reads_two((const char *)bytes, length);
    reading = read_text((const char *)bytes, length - 8); /* the length and the checksum are missing */
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, "the compressed file is damaged or was cut off (see gzip -t)"));
    recordings_free(&reading.recordings);
    free(rows);
}

/* As a spreadsheet leaves them behind: as many commas as there are columns need. */
static void test_rows_of_commas_are_blank(void **state)
{
    char *rows = two_runs(), *header = strndup(rows, strcspn(rows, "\n")), *commas = header, *text;

    (void)state;
    for (const char *byte = header; *byte; byte++)
        if (*byte == ',')
            *commas++ = ',';
    *commas = '\0';
    assert_true(asprintf(&text, "%s%s\n%s\n", rows, header, header) > 0);
    assert_reads_two(text, strlen(text));
    free(text);
    free(header);
    free(rows);
}

/* As cat(1) puts files together, also where the second begins with a byte order mark. */
static void test_a_repeated_header_is_passed_over(void **state)
{
    const struct sample one[] = {sample_of("a", 1, 1, SAMPLE_HOLD, 11), sample_of("a", 1, 1, SAMPLE_END, 11)};
    const struct sample two[] = {sample_of("a", 1, 2, SAMPLE_HOLD, 22), sample_of("a", 1, 2, SAMPLE_END, 22)};
    char *first = rows_of(one, 2, true), *second = rows_of(two, 2, true), *text;

    (void)state;
    assert_true(asprintf(&text, "%s%s", first, second) > 0);
    assert_reads_two(text, strlen(text));
    free(text);
    assert_true(asprintf(&text, "%s\xef\xbb\xbf%s", first, second) > 0);
    assert_reads_two(text, strlen(text));
    free(text);
    free(first);
    free(second);
}

/* Columns in another order would be taken for others: nothing behind such a header counts. */
static void test_another_header_ends_the_reading(void **state)
{
    char *rows = two_runs(), *text, *swapped;
    struct reading reading;

    (void)state;
    assert_true(asprintf(&text, "%s%s", rows, rows) > 0);
    swapped = strstr(text + strlen(rows), "rss_bytes,pss_bytes");
    swapped[0] = 'p';
    swapped[strlen("rss_bytes,")] = 'r';
    reading = read_text(text, strlen(text));
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, ":6: another header row, with other columns (give recordings"));
    assert_int_equal(reading.recordings.runs, 2);
    assert_int_equal(reading.file.spoiled, 0);
    recordings_free(&reading.recordings);
    free(text);
    free(rows);
}

static void test_texts_become_utf8_of_one_line(void **state)
{
    struct sample end = sample_of("caf\xe9 \xc3\xa9\n\x1b[31m", 1, 1, SAMPLE_END, 1);
    struct reading reading;

    (void)state;
    end.status = SAMPLE_FAILED;
    end.reason = "nicht m\xc3\xb6glich";
    reading = read_samples(&end, 1);
    assert_int_equal(reading.result, 0);
    assert_string_equal(reading.recordings.run[0].model, "caf? \xc3\xa9??[31m");
    assert_string_equal(reading.recordings.run[0].reason, "nicht m\xc3\xb6glich");
    recordings_free(&reading.recordings);
}

/* The runs lost are counted, whether or not their rows tell whose they are. */
static void test_each_run_that_is_lost_counts(void **state)
{
    struct sample rows[12];
    char *text, *faulty;
    struct reading reading;

    (void)state;
    for (size_t i = 0; i < 12; i++) /* 4 runs */
        rows[i] = sample_of("model", 10, (int64_t)i / 3 + 1, i % 3 == 2 ? SAMPLE_END : SAMPLE_HOLD, 77);
    text = rows_of(rows, 12, true);
    faulty = with_bytes(text, '7', 'x');
    reading = read_text(faulty, strlen(faulty));
    assert_int_equal(reading.recordings.runs, 0);
    assert_int_equal(reading.file.spoiled, 4);
    recordings_free(&reading.recordings);
    free(faulty);
    for (char *name = text; (name = strstr(name, "host,model,t")); name++)
        memset(name + strlen("host,"), ' ', strlen("model"));
    reading = read_text(text, strlen(text));
    assert_int_equal(reading.recordings.runs, 0);
    assert_int_equal(reading.file.spoiled, 4);
    assert_non_null(strstr(reading.error.text, ":2: column model: empty"));
    recordings_free(&reading.recordings);
    free(text);
}

static void test_a_byte_order_mark_is_passed_over(void **state)
{
    struct sample end = sample_of("a", 1, 1, SAMPLE_END, 1);
    char *rows = rows_of(&end, 1, true), *text;
    struct reading reading;

    (void)state;
    assert_true(asprintf(&text, "\xef\xbb\xbf%s", rows) > 0);
    reading = read_text(text, strlen(text));
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.runs, 1);
    recordings_free(&reading.recordings);
    free(rows);
    free(text);
}

/* Once in a recording, whatever its figures; once in all, if those are the same. */
static void test_the_same_run_counts_once(void **state)
{
    const struct sample rows[] = {sample_of("a", 1, 1, SAMPLE_END, 1), sample_of("a", 1, 2, SAMPLE_END, 2),
                                  sample_of("a", 1, 1, SAMPLE_END, 3)};
    struct reading first = read_samples(rows, 3);
    char *text = rows_of(rows + 1, 2, true);
    struct recording_file again = {.path = first.path};
    FILE *file = fopen(first.path, "w");

    (void)state;
    assert_int_equal(first.result, 0);
    assert_int_equal(first.recordings.runs, 2);
    assert_int_equal(first.file.repeated, 1);
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(recordings_read_files(&first.recordings, &again, 1), 0);
    unlink(first.path);
    assert_int_equal(again.repeated, 1);        /* run 2, with the same figures */
    assert_int_equal(first.recordings.runs, 3); /* run 1 has others */
    recordings_free(&first.recordings);
    free(text);
}

static void test_a_label_stands_for_the_host(void **state)
{
    struct sample end = sample_of("a", 1, 1, SAMPLE_END, 1);
    struct reading reading = read_samples(&end, 1);
    struct recording_file file = {.path = reading.path, .label = "new"};
    FILE *stream = fopen(reading.path, "w");

    (void)state;
    assert_non_null(stream);
    sample_write_header(stream);
    sample_write(&end, stream);
    fclose(stream);
    assert_int_equal(recordings_read_files(&reading.recordings, &file, 1), 0);
    assert_int_equal(reading.recordings.runs, 2);
    assert_string_equal(reading.recordings.run[1].host, "new");
    stream = fopen(reading.path, "a");
    assert_non_null(stream);
    end.host = "other";
    sample_write(&end, stream);
    fclose(stream);
    assert_int_equal(recordings_read_files(&reading.recordings, &file, 1), 0);
    unlink(reading.path);
    assert_string_equal(reading.recordings.run[2].host, "new/host");
    assert_string_equal(reading.recordings.run[3].host, "new/other");
    recordings_free(&reading.recordings);
}

/* However a file is cut into parts, together they have each run once. */
static void test_parts_have_each_run_once(void **state)
{
    struct sample rows[60];
    struct reading reading;
    char *text, path[] = "/tmp/recording_test-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");

    (void)state;
    assert_non_null(file);
    for (size_t i = 0; i < 60; i++) { /* runs of 3 rows; the third, of run 7, has no end and so is interrupted */
        rows[i] = sample_of("a \"quoted\",\nbroken", 10, (int64_t)i / 3 + 1, i % 3 == 2 ? SAMPLE_END : SAMPLE_HOLD,
                            (int64_t)i);
        if (i == 20)
            rows[i] = rows[i - 1];
    }
    text = rows_of(rows, 60, true);
    fputs(text, file);
    fclose(file);
    reading = read_text(text, strlen(text));
    assert_int_equal(reading.recordings.runs, 19);
    for (size_t most = 2; most <= 30; most++) {
        struct rows_span span[31];
        size_t spans = rows_cut(path, span, most, 1), runs = 0, interrupted = 0;

        assert_true(spans > 1 && spans <= most);
        for (size_t i = 0; i < spans; i++) {
            struct run_list list = {0};
            struct error error;

            assert_int_equal(run_list_read(&list, path, span[i], &error), 0);
            for (size_t k = 0; k < list.runs; k++, runs++)
                assert_int_equal(list.run[k].number, reading.recordings.run[runs].number);
            interrupted += list.interrupted;
            run_list_free(&list);
            texts_free(&list.texts);
        }
        assert_int_equal(runs, 19);
        assert_int_equal(interrupted, 1);
    }
    unlink(path);
    recordings_free(&reading.recordings);
    free(text);
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
    reading = read_text("\x7f"
                        "ELF\0\0,\n",
                        9);
    assert_int_equal(reading.result, -1);
    assert_non_null(strstr(reading.error.text, ":1: a zero byte (is this a text file?)"));
    recordings_free(&reading.recordings);
}

/* A few runs of data/vm.csv as it was before any column came later, with its sidecar: see fixtures/README.md. The
   figures are those that stand in the file. */
static void test_recordings_of_the_first_version_stay_readable(void **state)
{
    struct recording_file file = {.path = "tests/analyze/fixtures/first-version.csv"};
    struct recordings recordings = {0};
    const struct run *skipped, *pthread;

    (void)state;
    assert_int_equal(recordings_read_files(&recordings, &file, 1), 0);
    assert_int_equal(recordings.runs, 9);
    assert_int_equal(file.complete, 9);
    assert_int_equal(file.interrupted + file.spoiled + file.repeated + file.passed_over, 0);
    skipped = &recordings.run[0]; /* on line 2 */
    assert_string_equal(skipped->model, "c11-thread");
    assert_int_equal(skipped->status, SAMPLE_SKIPPED);
    assert_string_equal(skipped->reason,
                        "would take about 33.3 GiB, more than the 17.7 GiB that this machine can spare");
    pthread = &recordings.run[3]; /* ends on line 32 */
    assert_string_equal(pthread->host, "vm");
    assert_int_equal(pthread->tasks, 1000);
    assert_int_equal(pthread->number, 1);
    assert_true(pthread->value[METRIC_IDLE] == 2002944);
    assert_true(pthread->value[METRIC_PEAK] == 10563584);
    assert_true(pthread->value[METRIC_KERNEL] == 27267072);
    assert_true(pthread->page_bytes == 4096);
    recordings_free(&recordings);
}

/* Rows of an unknown phase count for nothing; their run is as good as without them. */
static void test_rows_of_a_newer_versions_phase_are_passed_over(void **state)
{
    struct sample rows[] = {
        sample_of("a", 1, 1, SAMPLE_HOLD, 100),        sample_of("a", 1, 1, SAMPLE_OTHER_PHASE, 900),
        sample_of("a", 1, 1, SAMPLE_OTHER_PHASE, 900), sample_of("a", 1, 1, SAMPLE_END, 100),
        sample_of("a", 1, 2, SAMPLE_HOLD, 100),        sample_of("a", 1, 2, SAMPLE_END, 100),
    };
    char *text = rows_of(rows, 6, true), *at;
    struct reading reading;

    (void)state;
    /* The writer leaves an unknown phase empty. */
    for (size_t i = 0; i < 2; i++) {
        char *named;

        at = strstr(text, "a,thread,1,1,,");
        assert_non_null(at);
        at += strlen("a,thread,1,1,");
        assert_true(asprintf(&named, "%.*snap%s", (int)(at - text), text, at) > 0);
        free(text);
        text = named;
    }
    reading = read_text(text, strlen(text));
    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.recordings.runs, 2);
    assert_int_equal(reading.file.passed_over, 2);
    assert_int_equal(reading.file.spoiled, 0);
    assert_true(reading.recordings.run[0].value[METRIC_PEAK] == 100);
    recordings_free(&reading.recordings);
    free(text);
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

/* fixtures/large-pages.json says 65536; beside two-models.csv there is no sidecar; beside odd-pages.csv is one whose
   page is no power of two. */
static void test_a_page_is_what_the_sidecar_says(void **state)
{
    struct recording_file file[] = {{.path = "tests/analyze/fixtures/large-pages.csv"},
                                    {.path = "tests/analyze/fixtures/two-models.csv"},
                                    {.path = "tests/analyze/fixtures/odd-pages.csv"}};
    static const double pages[] = {65536, RECORDING_PAGE_BYTES, RECORDING_PAGE_BYTES};
    const struct series_selection selection = {.metric = METRIC_PEAK, .confidence = 0.95};
    struct recordings recordings = {0};
    struct series_list list;
    struct error error;

    (void)state;
    assert_int_equal(recordings_read_files(&recordings, file, 3), 0);
    for (size_t i = 0; i < 3; i++)
        assert_true(file[i].complete > 0);
    for (size_t i = 0; i < recordings.runs; i++)
        assert_true(recordings.run[i].page_bytes == pages[recordings.run[i].file]);
    assert_int_equal(series_list_new(&list, &recordings, &selection, &error), 0);
    assert_int_equal(list.count, 4);
    for (size_t i = 0; i < list.count; i++)
        assert_true(list.series[i].resolution == (strcmp(list.series[i].host, "arm") == 0 ? 65536 : 4096));
    series_list_free(&list);
    recordings_free(&recordings);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_become_values),
        cmocka_unit_test(test_age_is_since_the_hold_began),
        cmocka_unit_test(test_a_run_of_time_has_times),
        cmocka_unit_test(test_a_run_of_messages_has_shares_of_them),
        cmocka_unit_test(test_a_run_of_beats_has_its_own_quantiles),
        cmocka_unit_test(test_the_work_is_part_of_a_runs_name),
        cmocka_unit_test(test_a_run_without_its_end_is_left_out),
        cmocka_unit_test(test_a_file_cut_off_anywhere),
        cmocka_unit_test(test_failed_runs_keep_their_reason),
        cmocka_unit_test(test_columns_in_another_order),
        cmocka_unit_test(test_wrong_rows_spoil_their_run),
        cmocka_unit_test(test_a_zero_byte_is_told),
        cmocka_unit_test(test_a_byte_order_mark_is_passed_over),
        cmocka_unit_test(test_what_spreadsheets_write_is_read),
        cmocka_unit_test(test_lines_count_from_the_first_one_in_the_file),
        cmocka_unit_test(test_utf_16_is_told),
        cmocka_unit_test(test_gzip_is_read),
        cmocka_unit_test(test_rows_of_commas_are_blank),
        cmocka_unit_test(test_a_repeated_header_is_passed_over),
        cmocka_unit_test(test_another_header_ends_the_reading),
        cmocka_unit_test(test_texts_become_utf8_of_one_line),
        cmocka_unit_test(test_each_run_that_is_lost_counts),
        cmocka_unit_test(test_the_same_run_counts_once),
        cmocka_unit_test(test_a_label_stands_for_the_host),
        cmocka_unit_test(test_parts_have_each_run_once),
        cmocka_unit_test(test_other_files_are_refused),
        cmocka_unit_test(test_recordings_of_the_first_version_stay_readable),
        cmocka_unit_test(test_rows_of_a_newer_versions_phase_are_passed_over),
        cmocka_unit_test(test_an_endless_field_is_refused),
        cmocka_unit_test(test_a_missing_file),
        cmocka_unit_test(test_a_page_is_what_the_sidecar_says),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
