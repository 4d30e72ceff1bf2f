/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as text and as CSV. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct table_column columns[] = {
    {"host", "HOST", TABLE_TEXT, TABLE_GROUP},       {"name", "NAME", TABLE_TEXT, TABLE_PLAIN},
    {"tasks", "TASKS", TABLE_TASKS, TABLE_PLAIN},    {"bytes", "SIZE", TABLE_BYTES, TABLE_VALUE},
    {"low", NULL, TABLE_BYTES, TABLE_LOW},           {"high", NULL, TABLE_BYTES, TABLE_HIGH},
    {NULL, "SAYS", TABLE_TEXT, TABLE_PLAIN},         {"ratio", NULL, TABLE_RATIO, TABLE_PLAIN},
    {"nothing", "NOTHING", TABLE_COUNT, TABLE_PLAIN},
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
    struct table table = table_new(columns, sizeof columns / sizeof *columns);

    add_row(&table, "a", "short", (double[]){10000, 8684, 8584, 8784, 0.1}, "yes");
    add_row(&table, "a", "a longer, \"quoted\" naïve one", (double[]){1, 312, 300, 400, INFINITY}, "");
    add_row(&table, "b", "third, last", (double[]){1e6, NAN, NAN, NAN, 1. / 3}, "no");
    table_remark(&table, "One %s.\n", "remark");
    table_remark(&table, "Another.\n");
    assert_false(table.out_of_memory);
    return table;
}

static void assert_written(format_write *write, const char *expected)
{
    struct table table = example();
    size_t length;
    char *text;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(stream);
    assert_int_equal(write(&table, stream), 0);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
    table_free(&table);
}

/* Only named columns; 0.1 and 1/3 in the fewest digits that read back the same; what is not finite is empty. */
static void test_csv(void **state)
{
    (void)state;
    assert_written(format_csv, "host,name,tasks,bytes,low,high,ratio,nothing\n"
                               "a,short,10000,8684,8584,8784,0.1,\n"
                               "a,\"a longer, \"\"quoted\"\" naïve one\",1,312,300,400,,\n"
                               "b,\"third, last\",1000000,,,,0.3333333333333333,\n");
}

/* Only columns with a heading of which something is known; decimal points under each other; uneven limits in full;
   accented letters are one character wide; no blanks at line ends. */
static void test_text(void **state)
{
    (void)state;
    assert_written(format_text, "HOST: a\n"
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

static void test_numbers_read_back(void **state)
{
    static const struct table_column column[] = {{"x", "X", TABLE_RATIO, TABLE_PLAIN}};
    static const double numbers[] = {1. / 3, 1e-300,   123456789.123456789, 0.1 + 0.2,
                                     -1e22,  4.9e-324, 9007199254740993.};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct table table = table_new(column, 1);
        size_t length;
        char *text;
        FILE *stream = open_memstream(&text, &length);

        assert_non_null(stream);
        table_add(&table, numbers[i]);
        assert_int_equal(format_csv(&table, stream), 0);
        fclose(stream);
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
        cmocka_unit_test(test_numbers_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
