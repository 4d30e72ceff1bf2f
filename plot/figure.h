/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A figure as plain data: what is to be seen, not how it is drawn. Charts make it, render draws it. */
#ifndef TASKWEIGHT_PLOT_FIGURE_H
#define TASKWEIGHT_PLOT_FIGURE_H

#include "plot/axis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Colours by what they are for; a theme gives each its appearance. Hues tell groups apart: FIGURE_HUE + 0, 1, ...;
   those of the parts of one thing are others: FIGURE_PART + 0, 1, ... */
#define FIGURE_HUES 9
#define FIGURE_PARTS 4
enum figure_colour {
    FIGURE_TEXT,    /* what is to be read */
    FIGURE_MUTED,   /* what matters less: tick labels, captions, leaders */
    FIGURE_WARNING, /* what went wrong */
    FIGURE_CONTEXT, /* what the rest is compared with */
    FIGURE_HUE,
    FIGURE_PART = FIGURE_HUE + FIGURE_HUES,
    FIGURE_COLOURS = FIGURE_PART + FIGURE_PARTS,
};

enum figure_shape {
    FIGURE_CIRCLE,
    FIGURE_SQUARE,
    FIGURE_DIAMOND,
    FIGURE_TRIANGLE,
    FIGURE_TRIANGLE_DOWN,
    FIGURE_PLUS,
    FIGURE_STAR,
    FIGURE_CROSS,
    FIGURE_HEXAGON,
    FIGURE_ARROW_LEFT, /* the value is off the axis, below it */
    FIGURE_SHAPES,
};

enum figure_dash { FIGURE_SOLID, FIGURE_DASHED, FIGURE_DOTTED, FIGURE_DASH_DOTTED, FIGURE_DASHES };

/* Of whom a mark is and what it says are not seen, but found by who points at it, or filters by it. */
struct figure_style {
    enum figure_colour colour;
    enum figure_shape shape; /* of points */
    bool hollow;             /* of points */
    bool faint;              /* of points: many lie upon each other, so let them show through; of lines: thin */
    enum figure_dash dash;   /* of lines */
    const char *subject;     /* a model's name; NULL: of none */
    const char *about;       /* "libuv, 10k tasks: 1.62 MiB ± 4.1 KiB"; NULL: nothing */
};

/* In the units of the panel's axes. */
struct figure_point {
    double x, y;
};

enum figure_mark_kind {
    FIGURE_POINTS,   /* a marker at each point */
    FIGURE_LINE,     /* a line through the points */
    FIGURE_BAND,     /* the area within the points */
    FIGURE_BAR,      /* a bar from point 0 to point 1, which have the same y */
    FIGURE_INTERVAL, /* a whisker from point 0 to point 1, capped at both */
    FIGURE_BREAK,    /* a gap across a bar at each point: a part of the bar is left out */
    FIGURE_TICKS,    /* a short line up from the lower edge below each point */
};

struct figure_mark {
    enum figure_mark_kind kind;
    struct figure_style style;
    struct figure_point *point;
    size_t points;
};

enum figure_place {
    FIGURE_BESIDE, /* right of the point; the panel leaves room for it */
    FIGURE_WITHIN, /* right of the point; cut off with an ellipsis at the panel's edge */
    FIGURE_EDGE,   /* right of the panel, as near to the point's height as its neighbours let it, with a leader */
};

struct figure_label {
    enum figure_place place;
    enum figure_colour colour;
    struct figure_point at;
    const char *text;
    const char *subject; /* as of a style */
};

struct figure_entry {
    const char *text; /* NULL for none */
    enum figure_colour colour;
};

struct figure_row {
    const char *name;    /* NULL for none */
    const char *subject; /* as of a style */
};

/* A column of texts right of a panel of rows: one entry a row. */
struct figure_column {
    const char *heading;
    struct figure_entry *entry;
};

#define FIGURE_MAX_COLUMNS 4

struct figure_panel {
    const char *title; /* NULL for none */
    struct axis x, y;
    const char *x_title, *y_title; /* without the unit of a linear axis, which render adds; NULL for none */
    struct figure_row *row; /* instead of ticks the y axis has named rows at 0, 1, 2, ... from the top down; or NULL */
    size_t rows;
    bool row_lines; /* a light line along each row leads from its name to its marks */
    struct figure_mark *mark;
    size_t marks;
    struct figure_label *label;
    size_t labels;
    struct figure_column column[FIGURE_MAX_COLUMNS];
    size_t columns;
    double height_mm; /* in a grid of one column; 0: an equal share of what the others leave */
};

/* What a colour and a shape stand for, shown above the panels. */
struct figure_key {
    struct figure_style style;
    const char *text;
};

struct figure_block; /* memory that belongs to a figure */

struct figure {
    double width_mm, height_mm;
    const char *title, *subtitle, *caption; /* NULL for none */
    const char *finding;                    /* what the figure shows, as a sentence with numbers; NULL for none */
    const char *lack; /* why there is nothing to show, shown in place of the panels; otherwise NULL */
    size_t columns;   /* of the grid of panels, filled row by row */
    bool shares_left; /* the panels of a line have the same rows or y axis, which the first one names */
    struct figure_panel *panel;
    size_t panels;
    struct figure_key *key;
    size_t keys;
    struct figure_block *blocks;
    bool out_of_memory; /* something could not be added: do not draw the figure */
};

/* Marks, keys and headings are copied; the texts of labels, rows and entries must outlive the figure, as those by
 * figure_text do. Where memory runs out the figure says so and further calls add nothing, so that a chart need not
 * check each. */

void figure_free(struct figure *figure);

/* A text of the figure's, as by printf. Never NULL. */
const char *figure_text(struct figure *figure, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes all panels, empty; called once. Where memory runs out there are none. */
void figure_make_panels(struct figure *figure, size_t panels);

void figure_add_key(struct figure *figure, struct figure_style style, const char *text);

/* Makes all rows of a panel, without names, and its y axis; called once. */
void figure_make_rows(struct figure *figure, struct figure_panel *panel, size_t rows);
void figure_name_row(struct figure_panel *panel, size_t row, const char *name, const char *subject);

/* Adds an empty column to a panel that has its rows; at most FIGURE_MAX_COLUMNS. */
void figure_add_column(struct figure *figure, struct figure_panel *panel, const char *heading);
void figure_set_entry(struct figure_panel *panel, size_t column, size_t row, struct figure_entry entry);

void figure_add_mark(struct figure *figure, struct figure_panel *panel, enum figure_mark_kind kind,
                     struct figure_style style, const struct figure_point *point, size_t points);

void figure_add_label(struct figure *figure, struct figure_panel *panel, struct figure_label label);

/* Leaves out the columns without any entry. */
void figure_drop_empty_columns(struct figure_panel *panel);

/* Whether there is neither a mark nor a label in any of the panels. */
bool figure_is_empty(const struct figure *figure);

/* Writes all that the figure says as text, a line for each thing. Errors stay in the stream. */
void figure_write(const struct figure *figure, FILE *stream);

#endif
