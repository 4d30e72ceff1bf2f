/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the formats for people share: which columns are shown, and each value as a text. */
#ifndef TASKWEIGHT_ANALYZE_FORMAT_PEOPLE_H
#define TASKWEIGHT_ANALYZE_FORMAT_PEOPLE_H

#include "analyze/table.h"
#include "collect/unit.h"

/* Enough for every text that format_people_cell writes. */
#define FORMAT_TEXT_SIZE (2 * UNIT_TEXT_SIZE + 8)

/* One column as shown: a column of the table, or the limits of one. */
struct format_column {
    size_t column;
    bool is_interval;
};

/* Fills `shown`, which has room for twice the table's columns; returns how many are used. Leaves out columns without a
 * known value, and groups, which stand above their rows. */
size_t format_people_choose_columns(struct format_column *shown, const struct table *table);

/* "" for an interval, which stands under the heading of its value. */
const char *format_people_heading(const struct table *table, const struct format_column *shown);

/* The value as a text: the table's own, `text` or a constant; "-" for an unknown number. */
const char *format_people_cell(const struct table *table, size_t row, const struct format_column *shown,
                               char text[FORMAT_TEXT_SIZE]);

/* Whether the value is a fault, to be highlighted. */
bool format_people_is_fault(const struct table *table, size_t row, const struct format_column *shown);

/* Whether the row is the first of its group. */
bool format_people_begins_group(const struct table *table, size_t row);

#endif
