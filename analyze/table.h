/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table as plain data: what it says, not what it looks like. Builders (table_*.c) fill it, formats (format_*.c)
   write it, and neither knows the other. */
#ifndef TASKWEIGHT_ANALYZE_TABLE_H
#define TASKWEIGHT_ANALYZE_TABLE_H

#include "analyze/fit.h"
#include "analyze/series.h"

#include <stdbool.h>

/* What a column holds instead of a unit. */
enum {
    TABLE_TEXT = UNIT_LENGTH,
    TABLE_METRIC, /* numbers in the unit of the row's metric */
};

enum table_role {
    TABLE_GROUP,  /* rows with the same text stand together */
    TABLE_PLAIN,  /* a name, a count, a statistic without limits */
    TABLE_VARIED, /* as plain, but shown to people only where rows differ in it */
    TABLE_MINOR,  /* as plain, but left out first where there is no room */
    TABLE_FAULT,  /* as plain, but a number above 0 or a text that begins with "no" is highlighted */
    TABLE_VALUE,  /* has limits where a low and a high one follow before the next value */
    TABLE_LOW,
    TABLE_HIGH,
};

struct table_column {
    const char *name;    /* for programs; NULL: for people only */
    const char *heading; /* for people; NULL: for programs only */
    int unit;            /* enum unit, or TABLE_TEXT */
    enum table_role role;
};

/* A builder lists its columns once, as COLUMN(name, heading, unit, role without TABLE_, value): TABLE_COLUMN turns each
 * into a struct table_column, TABLE_ADD adds its value to `table`. */
#define TABLE_COLUMN(name, heading, unit, role, value) {name, heading, unit, TABLE_##role},
#define TABLE_ADD(name, heading, unit, role, value) table_add(table, value);

struct table_value {
    union {
        char *text;    /* of TABLE_TEXT; may be empty */
        double number; /* of a unit; NaN where unknown */
    };
    enum unit unit; /* of TABLE_METRIC */
};

struct table {
    struct table_column *column;
    size_t columns;
    enum unit unit;            /* of the metric of the rows that are added */
    struct table_value *value; /* row by row */
    size_t values;
    char *remark;        /* lines for people: what is shown and what was left out; may be NULL */
    char *alarm;         /* why the program fails although the table is whole; NULL: it does not */
    bool has_failed;     /* the alarm has more than doubts */
    bool says_something; /* some row has more than empty fields and notes */
    bool out_of_memory;  /* something could not be added */
};

/* What tables are built from. */
struct table_request {
    const struct recordings *recordings;
    struct series_selection selection;
    enum fit_method method;
    bool metric_chosen;    /* the metric was asked for: show no other beside it */
    bool pool;             /* fits: one for each model over all hosts */
    bool rank_test;        /* ratios at counts: by Mann and Whitney's test, not Welch's */
    const char *reference; /* the model that others are compared with; NULL: the lightest, or each */
    const int64_t *at;     /* counts at which runs are compared or predicted; none: overheads, or the budget's */
    size_t at_counts;
    double budget;                    /* of capacity, in the metric's unit */
    const struct recordings *against; /* changes: the older ones; NULL: none */
    double fail_above;                /* changes: the growth, as a share, that raises an alarm; NaN: none does */
};

/* Fills an empty table. Returns -1 and an error where a chosen model or count is not in the recordings or memory runs
   out. */
typedef int table_build(struct table *table, const struct table_request *request, struct error *error);

table_build table_fits;        /* what a task costs: a line for each host and model */
table_build table_cells;       /* the runs of each host, model and count */
table_build table_segments;    /* what a task adds between neighbouring counts */
table_build table_ratios;      /* each model over a reference */
table_build table_crossovers;  /* from how many tasks on which of two models is cheaper */
table_build table_capacity;    /* how many tasks fit into a budget, or what so many tasks would take */
table_build table_changes;     /* each model against the same one in older recordings */
table_build table_runs;        /* each run with its values */
table_build table_calibration; /* whether tasks of known weight were found again */
table_build table_claims;      /* what a famous comparison said, against these recordings */

/* An empty table with these columns, those of TABLE_METRIC in that unit; a builder of rows with metrics of several
   units changes it before it adds a row. */
struct table table_new(const struct table_column *column, size_t columns, enum unit unit);
void table_free(struct table *table);

/* Add the value of the next column; after the last one the next row begins. The text is copied. */
void table_add_text(struct table *table, const char *text);
void table_add_number(struct table *table, double number);
#define table_add(table, value)                                                                                        \
    _Generic((value), char * : table_add_text, const char * : table_add_text, default : table_add_number)(table, value)

/* Add a line to the remark; to the alarm; to the alarm what cannot be told, which alone is no failure. */
void table_remark(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_alarm(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_doubt(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

size_t table_rows(const struct table *table);

/* Whether the value in that row and column is known: a text that is not empty or a finite number. */
bool table_knows(const struct table *table, size_t row, size_t column);

/* The unit of the numbers in that row and column, or TABLE_TEXT. */
int table_unit(const struct table *table, size_t row, size_t column);

#define TABLE_NUMBER_SIZE 32

/* The fewest digits, of 15 to 17, that read back as the same number. Returns text. */
const char *table_format_number(char text[TABLE_NUMBER_SIZE], double number);

/* As programs read the number in that row and column: counts whole, all else by table_format_number. Returns text. */
const char *table_format_value(char text[TABLE_NUMBER_SIZE], const struct table *table, size_t row, size_t column);

const struct table_value *table_at(const struct table *table, size_t row, size_t column);

/* The value of the column of that name, which the table has. */
const struct table_value *table_of(const struct table *table, size_t row, const char *name);

#endif
