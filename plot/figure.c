/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds figures; their memory is in blocks that are freed with them. */
#include "plot/figure.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct figure_block {
    struct figure_block *next;
    max_align_t content[];
};

/* Zeroed memory that belongs to the figure; NULL where memory runs out. */
static void *take_memory(struct figure *figure, size_t count, size_t size)
{
    struct figure_block *block = NULL;

    if (size > 0 && count <= (SIZE_MAX - sizeof *block) / size)
        block = calloc(1, sizeof *block + count * size);
    if (!block) {
        figure->out_of_memory = true;
        return NULL;
    }
    block->next = figure->blocks;
    figure->blocks = block;
    return block->content;
}

/* Makes room for one more in an array of `count`, which has room up to the next power of two. Returns the array,
   perhaps moved; NULL where memory runs out. The old one stays until the figure is freed, which at most doubles memory.
 */
static void *make_room(struct figure *figure, void *array, size_t count, size_t size)
{
    void *larger;

    if (count > 0 && (count & (count - 1)) != 0)
        return array;
    larger = take_memory(figure, count > 0 ? 2 * count : 1, size);
    if (larger && count > 0)
        memcpy(larger, array, count * size);
    return larger;
}

void figure_free(struct figure *figure)
{
    while (figure->blocks) {
        struct figure_block *next = figure->blocks->next;

        free(figure->blocks);
        figure->blocks = next;
    }
    *figure = (struct figure){0};
}

const char *figure_text(struct figure *figure, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length >= 0)
        text = take_memory(figure, (size_t)length + 1, 1);
    if (!text)
        return "";
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void figure_make_panels(struct figure *figure, size_t panels)
{
    figure->panel = take_memory(figure, panels, sizeof *figure->panel);
    figure->panels = figure->panel ? panels : 0;
}

void figure_add_key(struct figure *figure, struct figure_style style, const char *text)
{
    struct figure_key *key = make_room(figure, figure->key, figure->keys, sizeof *key);

    if (!key)
        return;
    figure->key = key;
    figure->key[figure->keys++] = (struct figure_key){style, figure_text(figure, "%s", text)};
}

void figure_make_rows(struct figure *figure, struct figure_panel *panel, size_t rows)
{
    panel->row = take_memory(figure, rows, sizeof *panel->row);
    panel->rows = panel->row ? rows : 0;
    panel->y = (struct axis){AXIS_LINEAR, UNIT_RATIO, (double)rows - 0.5, -0.5};
}

void figure_name_row(struct figure_panel *panel, size_t row, const char *name, const char *subject)
{
    if (row < panel->rows)
        panel->row[row] = (struct figure_row){name, subject};
}

void figure_add_column(struct figure *figure, struct figure_panel *panel, const char *heading)
{
    struct figure_entry *entry = take_memory(figure, panel->rows, sizeof *entry);

    if (entry && panel->columns < FIGURE_MAX_COLUMNS)
        panel->column[panel->columns++] = (struct figure_column){figure_text(figure, "%s", heading), entry};
}

void figure_set_entry(struct figure_panel *panel, size_t column, size_t row, struct figure_entry entry)
{
    if (column < panel->columns && row < panel->rows)
        panel->column[column].entry[row] = entry;
}

static bool is_empty_column(const struct figure_panel *panel, const struct figure_column *column)
{
    for (size_t row = 0; row < panel->rows; row++)
        if (column->entry[row].text)
            return false;
    return true;
}

void figure_drop_empty_columns(struct figure_panel *panel)
{
    size_t kept = 0;

    for (size_t i = 0; i < panel->columns; i++)
        if (!is_empty_column(panel, &panel->column[i]))
            panel->column[kept++] = panel->column[i];
    panel->columns = kept;
}

void figure_add_mark(struct figure *figure, struct figure_panel *panel, enum figure_mark_kind kind,
                     struct figure_style style, const struct figure_point *point, size_t points)
{
    struct figure_mark *mark = make_room(figure, panel->mark, panel->marks, sizeof *mark);
    struct figure_point *copy = take_memory(figure, points, sizeof *copy);

    if (mark)
        panel->mark = mark;
    if (!mark || !copy)
        return;
    memcpy(copy, point, points * sizeof *copy);
    panel->mark[panel->marks++] = (struct figure_mark){kind, style, copy, points};
}

void figure_add_label(struct figure *figure, struct figure_panel *panel, struct figure_label label)
{
    struct figure_label *larger = make_room(figure, panel->label, panel->labels, sizeof *larger);

    if (!larger)
        return;
    panel->label = larger;
    panel->label[panel->labels++] = label;
}

bool figure_is_empty(const struct figure *figure)
{
    for (size_t i = 0; i < figure->panels; i++)
        if (figure->panel[i].marks > 0 || figure->panel[i].labels > 0)
            return false;
    return true;
}
