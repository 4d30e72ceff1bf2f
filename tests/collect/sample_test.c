/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording's schema: rows are read as they were written, and errors name the column. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/sample.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The columns as ../shared/design.md, section 3, fixes them for other programs. */
static const char header[] =
    "host,model,family,tasks,run,phase,time_us,alive,rss_bytes,pss_bytes,uss_bytes,peak_rss_bytes,page_table_bytes,"
    "kernel_stack_bytes,kernel_bytes,charged_bytes,peak_charged_bytes,threads,user_us,system_us,status,reason,"
    "started_us,voluntary_switches,involuntary_switches,minor_faults,major_faults,"
    "work,cpu_ns,value_ns,count\n";

/* The recordings of the first version have the columns up to `reason`. */
#define FIRST_VERSION_COLUMNS 22

static void row_of(const char *fields[SAMPLE_COLUMN_COUNT], struct sample_layout *layout)
{
    struct error error;

    assert_int_equal(sample_layout_read(layout, sample_column_names, SAMPLE_COLUMN_COUNT, &error), 0);
    for (size_t i = 0; i < SAMPLE_COLUMN_COUNT; i++)
        fields[i] = "";
    fields[SAMPLE_COLUMN_host] = "lab";
    fields[SAMPLE_COLUMN_model] = "pthread";
    fields[SAMPLE_COLUMN_tasks] = "10000";
    fields[SAMPLE_COLUMN_run] = "1";
    fields[SAMPLE_COLUMN_phase] = "hold";
}

static char *written(void (*write)(const struct sample *, FILE *), const struct sample *sample)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    write(sample, stream);
    fclose(stream);
    return text;
}

static void write_header(const struct sample *unused, FILE *stream)
{
    (void)unused;
    sample_write_header(stream);
}

static void header_is_the_fixed_one(void **state)
{
    char *text = written(write_header, NULL);

    (void)state;
    assert_string_equal(text, header);
    free(text);
}

static void unknown_sample_is_empty_fields(void **state)
{
    struct sample sample = sample_unknown();
    char *text = written(sample_write, &sample);

    (void)state;
    assert_string_equal(text, ",,,,,idle,,,,,,,,,,,,,,,,,,,,,,,,,\n");
    free(text);
}

static void texts_are_quoted_as_rfc_4180_says(void **state)
{
    struct sample sample = sample_unknown();
    char *text;

    (void)state;
    sample.host = "a,b";
    sample.model = "say \"x\"";
    sample.reason = "two\nlines";
    sample.family = "\r";
    text = written(sample_write, &sample);
    assert_string_equal(text, "\"a,b\",\"say \"\"x\"\"\",\"\r\",,,idle,,,,,,,,,,,,,,,,\"two\nlines\",,,,,,,,,\n");
    free(text);
}

/* Every column goes through a field and comes back. */
static void row_survives_a_round_trip(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;
    const char *expected = "lab,pthread,thread,10000,7,end,-12,3,4096,5,6,7,8,9,10,11,12,13,14,15,short,why,16,17,18,"
                           "19,20,time,21,22,23\n";
    char *text;
    const char *values[] = {"lab", "pthread", "thread", "10000", "7",  "end",  "-12", "3",  "4096", "5",     "6",
                            "7",   "8",       "9",      "10",    "11", "12",   "13",  "14", "15",   "short", "why",
                            "16",  "17",      "18",     "19",    "20", "time", "21",  "22", "23"};

    (void)state;
    row_of(fields, &layout);
    memcpy(fields, values, sizeof values);
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    text = written(sample_write, &sample);
    assert_string_equal(text, expected);
    free(text);
}

static void empty_fields_are_unknown(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;
    char *text;

    (void)state;
    row_of(fields, &layout);
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    assert_true(sample.rss_bytes == SAMPLE_UNKNOWN);
    assert_true(sample.time_us == SAMPLE_UNKNOWN);
    assert_int_equal(sample.status, SAMPLE_NO_STATUS);
    assert_string_equal(sample.reason, "");
    text = written(sample_write, &sample);
    assert_string_equal(text, "lab,pthread,,10000,1,hold,,,,,,,,,,,,,,,,,,,,,,,,,\n");
    free(text);
}

static void every_phase_and_status_is_read(void **state)
{
    static const char *const phases[] = {"idle", "spawn", "hold", "drain", "late", "pass", "end"};
    static const char *const statuses[] = {"ok", "failed", "short", "timeout", "killed", "skipped"};
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;

    (void)state;
    row_of(fields, &layout);
    for (int i = 0; i < SAMPLE_STATUS_COUNT; i++) {
        fields[SAMPLE_COLUMN_status] = statuses[i];
        assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
        assert_int_equal(sample.status, i);
    }
    fields[SAMPLE_COLUMN_value_ns] = fields[SAMPLE_COLUMN_count] = "1";
    for (int i = 0; i < SAMPLE_PHASE_COUNT; i++) {
        fields[SAMPLE_COLUMN_phase] = phases[i];
        assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
        assert_int_equal(sample.phase, i);
    }
}

/* 18 digits always fit into 64 bits, and 10^18 bytes are more than any machine has. */
static void numbers_have_at_most_18_digits(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;

    (void)state;
    row_of(fields, &layout);
    fields[SAMPLE_COLUMN_rss_bytes] = "999999999999999999";
    fields[SAMPLE_COLUMN_time_us] = "-999999999999999999";
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    assert_int_equal(sample.rss_bytes, INT64_C(999999999999999999));
    assert_int_equal(sample.time_us, -INT64_C(999999999999999999));
    fields[SAMPLE_COLUMN_rss_bytes] = "1000000000000000000";
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), -1);
}

/* As pandas writes them in a column that has unknown values. */
static void whole_numbers_may_end_in_a_point_and_zeros(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;

    (void)state;
    row_of(fields, &layout);
    fields[SAMPLE_COLUMN_rss_bytes] = "4096.0";
    fields[SAMPLE_COLUMN_time_us] = "-20734.000";
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    assert_int_equal(sample.rss_bytes, 4096);
    assert_int_equal(sample.time_us, -20734);
}

#define TEXT_IS_CHECKED false
#define NUMBER_IS_CHECKED true
#define PHASE_IS_CHECKED true
#define STATUS_IS_CHECKED true

/* Texts may be anything; every other column is checked and named. */
static void every_column_is_checked(void **state)
{
#define IS_CHECKED(kind, name) kind##_IS_CHECKED,
    static const bool checked[] = {SAMPLE_COLUMNS(IS_CHECKED)};
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;
    char message[64];

    (void)state;
    for (size_t column = 0; column < SAMPLE_COLUMN_COUNT; column++) {
        row_of(fields, &layout);
        fields[column] = "1,2";
        assert_int_equal(sample_parse(&sample, fields, &layout, &error), checked[column] ? -1 : 0);
        snprintf(message, sizeof message, "column %s: '1,2' is not", sample_column_names[column]);
        assert_true(!checked[column] || strncmp(error.text, message, strlen(message)) == 0);
    }
}

static void bad_fields_name_their_column(void **state)
{
    static const struct {
        enum sample_column column;
        const char *field, *message;
    } cases[] = {
        {SAMPLE_COLUMN_tasks, "ten", "column tasks: 'ten' is not a whole number or nothing"},
        {SAMPLE_COLUMN_tasks, "-5", "column tasks: not a count of at least 1"},
        {SAMPLE_COLUMN_tasks, "", "column tasks: not a count of at least 1"},
        {SAMPLE_COLUMN_tasks, "1e5", "column tasks: '1e5' is not"},
        {SAMPLE_COLUMN_run, "0", "column run: not a count of at least 1"},
        {SAMPLE_COLUMN_rss_bytes, "1.5", "column rss_bytes: '1.5' is not"},
        {SAMPLE_COLUMN_rss_bytes, "nan", "column rss_bytes: 'nan' is not"},
        {SAMPLE_COLUMN_rss_bytes, "4096.", "column rss_bytes: '4096.' is not"},
        {SAMPLE_COLUMN_rss_bytes, ".0", "column rss_bytes: '.0' is not"},
        {SAMPLE_COLUMN_rss_bytes, "-.0", "column rss_bytes: '-.0' is not"},
        {SAMPLE_COLUMN_rss_bytes, "1.0.0", "column rss_bytes: '1.0.0' is not"},
        {SAMPLE_COLUMN_rss_bytes, "1.67936E+06",
         "column rss_bytes: '1.67936E+06' is not a whole number or nothing (its last digits may be lost: write numbers "
         "without exponents, as"},
        {SAMPLE_COLUMN_rss_bytes, "NA",
         "column rss_bytes: 'NA' is not a whole number or nothing (leave unknown values empty, as R's write.csv does"},
        {SAMPLE_COLUMN_rss_bytes, "0x10", "column rss_bytes: '0x10' is not"},
        {SAMPLE_COLUMN_rss_bytes, " 1", "column rss_bytes: ' 1' is not"},
        {SAMPLE_COLUMN_rss_bytes, "+1", "column rss_bytes: '+1' is not"},
        {SAMPLE_COLUMN_rss_bytes, "-", "column rss_bytes: '-' is not"},
        {SAMPLE_COLUMN_rss_bytes, "99999999999999999999", "column rss_bytes: '99999999999999999999' is not"},
        {SAMPLE_COLUMN_phase, "",
         "column phase: '' is not the name of a phase (idle, spawn, hold, drain, late, pass, end)"},
        {SAMPLE_COLUMN_phase, "Hold", "column phase: 'Hold' is not the name of a phase"},
        {SAMPLE_COLUMN_phase, "42", "column phase: '42' is not the name of a phase"},
        {SAMPLE_COLUMN_status, "fine", "column status: 'fine' is not ok, failed"},
        {SAMPLE_COLUMN_phase, "end", "column status: empty"},
        {SAMPLE_COLUMN_phase, "late", "column count: not a count (a row of phase late tells how many)"},
        {SAMPLE_COLUMN_phase, "pass", "column count: not a count (a row of phase pass tells how many)"},
        {SAMPLE_COLUMN_host, "", "column host: empty"},
        {SAMPLE_COLUMN_model, "", "column model: empty"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *fields[SAMPLE_COLUMN_COUNT];
        struct sample_layout layout;
        struct sample sample;
        struct error error;

        row_of(fields, &layout);
        fields[cases[i].column] = cases[i].field;
        assert_int_equal(sample_parse(&sample, fields, &layout, &error), -1);
        assert_memory_equal(error.text, cases[i].message, strlen(cases[i].message));
    }
}

/* Further tasks may act where none sleeps. */
static void only_works_with_further_tasks_may_have_no_sleepers(void **state)
{
    static const struct {
        const char *work;
        int result;
    } cases[] = {{"", -1}, {"time", -1}, {"beat:10:10ms", 0}, {"pass:2:200000", 0}, {"unheard:of", 0}};
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;

    (void)state;
    row_of(fields, &layout);
    fields[SAMPLE_COLUMN_tasks] = "0";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fields[SAMPLE_COLUMN_work] = cases[i].work;
        assert_int_equal(sample_parse(&sample, fields, &layout, &error), cases[i].result);
    }
}

static void buckets_say_how_late_and_how_many(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;

    (void)state;
    row_of(fields, &layout);
    fields[SAMPLE_COLUMN_phase] = "late";
    fields[SAMPLE_COLUMN_count] = "3";
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), -1);
    assert_string_equal(error.text, "column value_ns: empty (a row of phase late tells how late)");
    fields[SAMPLE_COLUMN_value_ns] = "-40";
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    assert_int_equal(sample.value_ns, -40);
    fields[SAMPLE_COLUMN_count] = "-3";
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), -1);
}

static void header_rules_the_order_of_columns(void **state)
{
    const char *names[SAMPLE_COLUMN_COUNT + 1], *fields[SAMPLE_COLUMN_COUNT + 1];
    struct sample_layout layout;
    struct sample sample;
    struct error error;

    (void)state;
    names[0] = "unheard_of";
    fields[0] = "whatever";
    for (size_t i = 0; i < SAMPLE_COLUMN_COUNT; i++) {
        names[i + 1] = sample_column_names[SAMPLE_COLUMN_COUNT - 1 - i];
        fields[i + 1] = "1";
    }
    fields[1 + SAMPLE_COLUMN_COUNT - 1 - SAMPLE_COLUMN_phase] = "idle";
    fields[1 + SAMPLE_COLUMN_COUNT - 1 - SAMPLE_COLUMN_status] = "";
    assert_int_equal(sample_layout_read(&layout, names, SAMPLE_COLUMN_COUNT + 1, &error), 0);
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    assert_string_equal(sample.host, "1");
    assert_int_equal(sample.phase, SAMPLE_IDLE);
}

static void wrong_headers_are_refused(void **state)
{
    const char *names[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct error error;

    (void)state;
    memcpy(names, sample_column_names, sizeof names);
    assert_int_equal(sample_layout_read(&layout, names, FIRST_VERSION_COLUMNS - 1, &error), -1);
    assert_string_equal(error.text, "column reason: missing in the header (is this a recording?)");
    names[1] = "host";
    assert_int_equal(sample_layout_read(&layout, names, SAMPLE_COLUMN_COUNT, &error), -1);
    assert_string_equal(error.text, "column host: stands twice in the header");
}

static void columns_that_came_later_may_be_missing(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;
    char *text;

    (void)state;
    row_of(fields, &layout);
    assert_int_equal(sample_layout_read(&layout, sample_column_names, FIRST_VERSION_COLUMNS, &error), 0);
    for (size_t column = 0; column < SAMPLE_COLUMN_COUNT; column++)
        assert_true(layout.field[column] == (column < FIRST_VERSION_COLUMNS ? column : SAMPLE_NO_FIELD));
    memset(fields + FIRST_VERSION_COLUMNS, 0, sizeof fields - FIRST_VERSION_COLUMNS * sizeof *fields);
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    assert_true(sample.started_us == SAMPLE_UNKNOWN);
    assert_true(sample.major_faults == SAMPLE_UNKNOWN);
    text = written(sample_write, &sample);
    assert_string_equal(text, "lab,pthread,,10000,1,hold,,,,,,,,,,,,,,,,,,,,,,,,,\n");
    free(text);
}

/* A newer version may have other phases: the row is read, for the caller to skip. */
static void phases_of_a_newer_version_are_read(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;

    (void)state;
    row_of(fields, &layout);
    fields[SAMPLE_COLUMN_phase] = "unheard";
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    assert_int_equal(sample.phase, SAMPLE_OTHER_PHASE);
}

/* As in a file of another version: the layout's order rules, and a name that is not known has an empty field. */
static void a_row_is_written_as_a_layout_has_it(void **state)
{
    static const char *const names[] = {"host",
                                        "model",
                                        "family",
                                        "tasks",
                                        "run",
                                        "phase",
                                        "unheard",
                                        "rss_bytes",
                                        "status",
                                        "reason",
                                        "time_us",
                                        "alive",
                                        "threads",
                                        "pss_bytes",
                                        "uss_bytes",
                                        "user_us",
                                        "peak_rss_bytes",
                                        "page_table_bytes",
                                        "system_us",
                                        "kernel_stack_bytes",
                                        "kernel_bytes",
                                        "charged_bytes",
                                        "peak_charged_bytes"};
    struct sample_layout layout;
    struct sample sample = sample_unknown();
    struct error error;
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    (void)state;
    sample.host = "lab";
    sample.model = "null";
    sample.phase = SAMPLE_END;
    sample.rss_bytes = 4096;
    sample.status = SAMPLE_OK;
    sample.started_us = 7; /* which the layout has no column for */
    assert_int_equal(sample_layout_read(&layout, names, sizeof names / sizeof *names, &error), 0);
    sample_write_as(&sample, &layout, stream);
    fclose(stream);
    assert_string_equal(text, "lab,null,,,,end,,4096,ok,,,,,,,,,,,,,,\n");
    free(text);
}

/* Texts that RFC 4180 quotes, and fields that are empty. */
static void a_line_is_read_as_it_was_written(void **state)
{
    const struct sample_layout layout = sample_layout_own();
    struct sample sample = sample_unknown(), read;
    struct error error;
    char *text;

    (void)state;
    sample.host = "lab, upstairs";
    sample.model = "pthread";
    sample.tasks = 10000;
    sample.run = 3;
    sample.phase = SAMPLE_END;
    sample.alive = 3456;
    sample.status = SAMPLE_FAILED;
    sample.reason = "said \"no\", twice; \"\"";
    sample.major_faults = 0;
    text = written(sample_write, &sample);
    text[strcspn(text, "\n")] = '\0';
    assert_int_equal(sample_parse_line(&read, text, &layout, &error), 0);
    assert_string_equal(read.host, sample.host);
    assert_string_equal(read.family, "");
    assert_int_equal(read.alive, 3456);
    assert_int_equal(read.peak_rss_bytes, SAMPLE_UNKNOWN);
    assert_string_equal(read.reason, sample.reason);
    assert_int_equal(read.major_faults, 0);
    free(text);
}

static void a_line_of_other_fields_is_refused(void **state)
{
    static const char *const lines[] = {"", "lab,pthread", "lab,pthread,,1,1,end,,,,,,,,,,,,,,,ok,,,,,,,"};
    const struct sample_layout layout = sample_layout_own();

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct sample sample;
        struct error error;
        char line[64];

        snprintf(line, sizeof line, "%s", lines[i]);
        assert_int_equal(sample_parse_line(&sample, line, &layout, &error), -1);
        assert_string_equal(error.text, "a row of other fields than the header's");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_is_the_fixed_one),
        cmocka_unit_test(unknown_sample_is_empty_fields),
        cmocka_unit_test(texts_are_quoted_as_rfc_4180_says),
        cmocka_unit_test(row_survives_a_round_trip),
        cmocka_unit_test(empty_fields_are_unknown),
        cmocka_unit_test(every_phase_and_status_is_read),
        cmocka_unit_test(numbers_have_at_most_18_digits),
        cmocka_unit_test(whole_numbers_may_end_in_a_point_and_zeros),
        cmocka_unit_test(every_column_is_checked),
        cmocka_unit_test(bad_fields_name_their_column),
        cmocka_unit_test(only_works_with_further_tasks_may_have_no_sleepers),
        cmocka_unit_test(buckets_say_how_late_and_how_many),
        cmocka_unit_test(header_rules_the_order_of_columns),
        cmocka_unit_test(wrong_headers_are_refused),
        cmocka_unit_test(columns_that_came_later_may_be_missing),
        cmocka_unit_test(phases_of_a_newer_version_are_read),
        cmocka_unit_test(a_row_is_written_as_a_layout_has_it),
        cmocka_unit_test(a_line_is_read_as_it_was_written),
        cmocka_unit_test(a_line_of_other_fields_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
