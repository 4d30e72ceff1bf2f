/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/sample.h"

#include <stdlib.h>
#include <string.h>

/* The columns as ../shared/design.md, section 3, fixes them for other programs. */
static const char header[] =
    "host,model,family,tasks,run,phase,time_us,alive,rss_bytes,pss_bytes,uss_bytes,peak_rss_bytes,page_table_bytes,"
    "kernel_stack_bytes,kernel_bytes,charged_bytes,peak_charged_bytes,threads,user_us,system_us,status,reason\n";

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
    assert_string_equal(text, ",,,,,idle,,,,,,,,,,,,,,,,\n");
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
    text = written(sample_write, &sample);
    assert_string_equal(text, "\"a,b\",\"say \"\"x\"\"\",,,,idle,,,,,,,,,,,,,,,,\"two\nlines\"\n");
    free(text);
}

/* Every column that is a number goes through a field and comes back. */
static void row_survives_a_round_trip(void **state)
{
    const char *fields[SAMPLE_COLUMN_COUNT];
    struct sample_layout layout;
    struct sample sample;
    struct error error;
    char *text, *expected = "lab,pthread,thread,10000,7,end,-12,3,4096,5,6,7,8,9,10,11,12,13,14,15,short,why\n";
    const char *values[] = {"lab", "pthread", "thread", "10000", "7",  "end", "-12", "3",  "4096",  "5",   "6",
                            "7",   "8",       "9",      "10",    "11", "12",  "13",  "14", "15",    "short", "why"};

    (void)state;
    row_of(fields, &layout);
    memcpy(fields, values, sizeof values);
    assert_int_equal(sample_parse(&sample, fields, &layout, &error), 0);
    text = written(sample_write, &sample);
    assert_string_equal(text, expected);
    free(text);
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
        {SAMPLE_COLUMN_rss_bytes, "0x10", "column rss_bytes: '0x10' is not"},
        {SAMPLE_COLUMN_rss_bytes, " 1", "column rss_bytes: ' 1' is not"},
        {SAMPLE_COLUMN_rss_bytes, "+1", "column rss_bytes: '+1' is not"},
        {SAMPLE_COLUMN_rss_bytes, "-", "column rss_bytes: '-' is not"},
        {SAMPLE_COLUMN_rss_bytes, "99999999999999999999", "column rss_bytes: '99999999999999999999' is not"},
        {SAMPLE_COLUMN_phase, "sleep", "column phase: 'sleep' is not idle, spawn, hold, drain or end"},
        {SAMPLE_COLUMN_status, "fine", "column status: 'fine' is not ok, failed"},
        {SAMPLE_COLUMN_phase, "end", "column status: empty"},
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
        fields[i + 1] = i < 2 ? "" : "1";
    }
    fields[1 + SAMPLE_COLUMN_COUNT - 1 - SAMPLE_COLUMN_phase] = "idle";
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
    assert_int_equal(sample_layout_read(&layout, names, SAMPLE_COLUMN_COUNT - 1, &error), -1);
    assert_string_equal(error.text, "column reason: missing in the header (is this a recording?)");
    names[1] = "host";
    assert_int_equal(sample_layout_read(&layout, names, SAMPLE_COLUMN_COUNT, &error), -1);
    assert_string_equal(error.text, "column host: stands twice in the header");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_is_the_fixed_one),
        cmocka_unit_test(unknown_sample_is_empty_fields),
        cmocka_unit_test(texts_are_quoted_as_rfc_4180_says),
        cmocka_unit_test(row_survives_a_round_trip),
        cmocka_unit_test(bad_fields_name_their_column),
        cmocka_unit_test(header_rules_the_order_of_columns),
        cmocka_unit_test(wrong_headers_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
