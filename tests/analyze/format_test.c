/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as text and as CSV. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/format.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct table_column columns[] = {
    {"host", "HOST", TABLE_TEXT, TABLE_GROUP},       {"name", "NAME", TABLE_TEXT, TABLE_PLAIN},
    {"tasks", "TASKS", UNIT_COUNT, TABLE_PLAIN},     {"bytes", "SIZE", TABLE_METRIC, TABLE_VALUE},
    {"low", NULL, TABLE_METRIC, TABLE_LOW},          {"high", NULL, TABLE_METRIC, TABLE_HIGH},
    {NULL, "SAYS", TABLE_TEXT, TABLE_PLAIN},         {"ratio", NULL, UNIT_RATIO, TABLE_PLAIN},
    {"nothing", "NOTHING", UNIT_COUNT, TABLE_PLAIN},
};

static void add_row(struct table *table, const char *host, const char *name, const double number[5], const char *says)
{
    table_add(table, host);
    table_add(table, name);
    for (size_t i = 0; i < 4; i++)
        table_add(table, number[i]);
    table_add(table, says);
    table_add(table, number[4]);
    table_add(table, NAN);
}

static struct table example(void)
{
    struct table table = table_new(columns, sizeof columns / sizeof *columns, UNIT_BYTES);

    add_row(&table, "a", "short", (double[]){10000, 8684, 8584, 8784, 0.1}, "yes");
    add_row(&table, "a", "a longer, \"quoted\" naïve one", (double[]){1, 312, 300, 400, INFINITY}, "");
    add_row(&table, "b", "third, last", (double[]){1e6, NAN, NAN, NAN, 1. / 3}, "no");
    table_remark(&table, "One %s.\n", "remark");
    table_remark(&table, "Another.\n");
    assert_false(table.out_of_memory);
    return table;
}

static const struct format_source source = {
    .table = "fits", .metric = "peak", .fit = "robust", .confidence = 0.95, .version = "analyze 1"};

/* The caller frees it. */
static char *written(const struct table *table, format_write *write, struct format_style style)
{
    size_t length;
    char *text;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(stream);
    assert_int_equal(write(table, &source, &style, stream), 0);
    fclose(stream);
    return text;
}

static void assert_written(format_write *write, struct format_style style, const char *expected)
{
    struct table table = example();
    char *text = written(&table, write, style);

    assert_string_equal(text, expected);
    free(text);
    table_free(&table);
}

static const struct format_style plain = {0, false};

/* Only named columns; 0.1 and 1/3 in the fewest digits that read back the same; what is not finite is empty. */
static void test_csv(void **state)
{
    (void)state;
    assert_written(format_csv, plain,
                   "host,name,tasks,bytes,low,high,ratio,nothing\n"
                   "a,short,10000,8684,8584,8784,0.1,\n"
                   "a,\"a longer, \"\"quoted\"\" naïve one\",1,312,300,400,,\n"
                   "b,\"third, last\",1000000,,,,0.3333333333333333,\n");
}

/* Only columns with a heading of which something is known; decimal points under each other; uneven limits in full;
   accented letters are one character wide; no blanks at line ends. */
static void test_text(void **state)
{
    (void)state;
    assert_written(format_text, plain,
                   "HOST: a\n"
                   "NAME                          TASKS  SIZE                         SAYS\n"
                   "short                           10k    8.48 KiB ± 100 B           yes\n"
                   "a longer, \"quoted\" naïve one      1  312 B        300 B to 400 B\n"
                   "\n"
                   "HOST: b\n"
                   "NAME                          TASKS  SIZE                         SAYS\n"
                   "third, last                      1M    -                          no\n"
                   "\n"
                   "One remark.\n"
                   "Another.\n");
}

static void test_markdown(void **state)
{
    (void)state;
    assert_written(format_markdown, plain,
                   "**HOST: a**\n\n"
                   "| NAME | TASKS | SIZE | SAYS |\n"
                   "| --- | ---: | ---: | --- |\n"
                   "| short | 10k | 8.48 KiB ± 100 B | yes |\n"
                   "| a longer, \"quoted\" naïve one | 1 | 312 B 300 B to 400 B |  |\n"
                   "\n**HOST: b**\n\n"
                   "| NAME | TASKS | SIZE | SAYS |\n"
                   "| --- | ---: | ---: | --- |\n"
                   "| third, last | 1M | -  | no |\n"
                   "\nOne remark.\nAnother.\n");
}

static void test_latex(void **state)
{
    (void)state;
    assert_written(format_latex, plain,
                   "% \\usepackage{booktabs}\n"
                   "\\begin{tabular}{lrr@{ }ll}\n\\toprule\n"
                   "NAME & TASKS & SIZE &  & SAYS \\\\\n"
                   "\\midrule\n\\multicolumn{5}{l}{\\emph{a}} \\\\\n"
                   "short & 10k & 8.48 KiB & $\\pm$ 100 B & yes \\\\\n"
                   "a longer, \"quoted\" naïve one & 1 & 312 B & 300 B to 400 B &  \\\\\n"
                   "\\midrule\n\\multicolumn{5}{l}{\\emph{b}} \\\\\n"
                   "third, last & 1M & - &  & no \\\\\n"
                   "\\bottomrule\n\\end{tabular}\n"
                   "\n\\par\\medskip\\noindent\nOne remark. Another. \n");
}

/* Escapes what has a meaning in the format itself. */
static void test_texts_are_escaped(void **state)
{
    static const struct table_column column[] = {{"x", "X_1", TABLE_TEXT, TABLE_PLAIN}};
    struct table table = table_new(column, 1, UNIT_COUNT);
    char *text;

    (void)state;
    table_add(&table, "a_b|c*\\d\n100 % & $ # { ~");
    text = written(&table, format_markdown, plain);
    assert_non_null(strstr(text, "| a\\_b\\|c\\*\\\\d 100 % & $ \\# { \\~ |\n"));
    free(text);
    text = written(&table, format_latex, plain);
    assert_non_null(strstr(text, "X\\_1 \\\\\n"));
    assert_non_null(strstr(text, "a\\_b|c*\\textbackslash{}d 100 \\% \\& \\$ \\# \\{ \\textasciitilde{} \\\\\n"));
    free(text);
    table_free(&table);
}

/* The same facts as the CSV: every value, or null. */
static void test_json(void **state)
{
    struct table table = example();
    char *text = written(&table, format_json, plain);
    json_object *document = json_tokener_parse(text), *rows, *row, *value;

    (void)state;
    assert_non_null(document);
    assert_string_equal(json_object_get_string(json_object_object_get(document, "schema")), "taskweight-analysis/1");
    assert_string_equal(json_object_get_string(json_object_object_get(document, "metric")), "peak");
    assert_true(json_object_get_double(json_object_object_get(document, "confidence")) == 0.95);
    rows = json_object_object_get(document, "rows");
    assert_int_equal(json_object_array_length(rows), 3);
    row = json_object_array_get_idx(rows, 2);
    assert_string_equal(json_object_get_string(json_object_object_get(row, "name")), "third, last");
    assert_int_equal(json_object_get_int64(json_object_object_get(row, "tasks")), 1000000);
    assert_true(json_object_get_double(json_object_object_get(row, "ratio")) == 1. / 3);
    assert_true(json_object_object_get_ex(row, "bytes", &value) && !value);
    assert_int_equal(json_object_object_length(row), 8);
    assert_int_equal(json_object_array_length(json_object_object_get(document, "remarks")), 2);
    json_object_put(document);
    free(text);
    table_free(&table);
}

static const struct table_column wide[] = {
    {"name", "NAME", TABLE_TEXT, TABLE_PLAIN},     {"minor", "MINOR", UNIT_COUNT, TABLE_MINOR},
    {"failed", "FAILED", UNIT_COUNT, TABLE_FAULT}, {"holds", "HOLDS", TABLE_TEXT, TABLE_FAULT},
    {"note", "NOTE", TABLE_TEXT, TABLE_PLAIN},
};

static struct table wide_example(void)
{
    struct table table = table_new(wide, sizeof wide / sizeof *wide, UNIT_COUNT);

    table_add(&table, "first");
    table_add(&table, 12345678);
    table_add(&table, 0);
    table_add(&table, "no, p = 0.01");
    table_add(&table, "a note that is longer than the line has room for");
    table_add(&table, "second");
    table_add(&table, 1);
    table_add(&table, 3);
    table_add(&table, "yes");
    table_add(&table, "");
    return table;
}

static void assert_wide(struct format_style style, const char *expected)
{
    struct table table = wide_example();
    char *text = written(&table, format_text, style);

    assert_string_equal(text, expected);
    free(text);
    table_free(&table);
}

/* The same columns of a table that is about times: steps of seconds, at the decimal point. */
static void test_the_unit_is_the_table_s(void **state)
{
    static const struct table_column column[] = {{"time", "TIME", TABLE_METRIC, TABLE_PLAIN},
                                                 {"other", "OTHER", UNIT_COUNT, TABLE_PLAIN}};
    struct table table = table_new(column, 2, UNIT_SECONDS);
    char *text;

    (void)state;
    table_add(&table, 1.25e-6);
    table_add(&table, 10000);
    table_add(&table, 0.5);
    table_add(&table, 1);
    text = written(&table, format_text, plain);
    assert_string_equal(text, "     TIME  OTHER\n"
                              "  1.25 µs    10k\n"
                              "500 ms         1\n");
    free(text);
    text = written(&table, format_latex, plain);
    assert_non_null(strstr(text, "1.25 $\\mu$s & 10k"));
    free(text);
    table_free(&table);
}

/* At blanks, but not before a percent sign, and never within a word: "intervals" was once parted at 110 characters. */
static void test_remarks_wrap_at_blanks(void **state)
{
    static const struct table_column column[] = {{"x", "X", TABLE_TEXT, TABLE_PLAIN}};
    struct table table = table_new(column, 1, UNIT_COUNT);
    char *text;

    (void)state;
    table_add(&table, "y");
    table_remark(&table, "Of them 95 %% hold the naïve confidence intervals.\nShort.\n");
    text = written(&table, format_text, (struct format_style){14, false});
    assert_string_equal(text, "X\ny\n"
                              "\n"
                              "Of them 95 %\n"
                              "hold the naïve\n"
                              "confidence\n"
                              "intervals.\n"
                              "Short.\n");
    free(text);
    text = written(&table, format_text, (struct format_style){4, false});
    assert_non_null(strstr(text, "\nOf\nthem\n95 %\nhold\nthe\nnaïve\nconfidence\nintervals.\nShort.\n"));
    free(text);
    table_free(&table);
}

/* Minor columns go first, then the text at the end wraps: under its heading or, where there is too little room, on
   lines of its own. */
static void test_text_fits_the_width(void **state)
{
    (void)state;
    assert_wide((struct format_style){70, false},
                "NAME       MINOR  FAILED  HOLDS         NOTE\n"
                "first   12345678       0  no, p = 0.01  a note that is longer than the\n"
                "                                        line has room for\n"
                "second         1       3  yes\n");
    assert_wide((struct format_style){29, false}, "NAME    FAILED  HOLDS         NOTE\n"
                                                  "first        0  no, p = 0.01\n"
                                                  "    a note that is longer\n"
                                                  "    than the line has room\n"
                                                  "    for\n"
                                                  "second       3  yes\n"
                                                  "\nNo room for: MINOR (widen the terminal).\n");
}

static void test_faults_stand_out_in_color(void **state)
{
    (void)state;
    assert_wide(
        (struct format_style){0, true},
        "NAME       MINOR  FAILED  HOLDS         NOTE\n"
        "first   12345678       0  \033[1;31mno, p = 0.01\033[0m  a note that is longer than the line has room for\n"
        "second         1       \033[1;31m3\033[0m  yes\n");
}

static void test_numbers_read_back(void **state)
{
    static const struct table_column column[] = {{"x", "X", UNIT_RATIO, TABLE_PLAIN}};
    static const double numbers[] = {1. / 3, 1e-300,   123456789.123456789, 0.1 + 0.2,
                                     -1e22,  4.9e-324, 9007199254740993.};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct table table = table_new(column, 1, UNIT_COUNT);
        char *text;

        table_add(&table, numbers[i]);
        text = written(&table, format_csv, plain);
        assert_true(strtod(text + strlen("x\n"), NULL) == numbers[i]);
        free(text);
        table_free(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_latex),
        cmocka_unit_test(test_texts_are_escaped),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_the_unit_is_the_table_s),
        cmocka_unit_test(test_remarks_wrap_at_blanks),
        cmocka_unit_test(test_text_fits_the_width),
        cmocka_unit_test(test_faults_stand_out_in_color),
        cmocka_unit_test(test_numbers_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
