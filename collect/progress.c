/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/progress.h"

#include "collect/precision.h"
#include "collect/unit.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* Whole seconds first, so that minutes never have 60 of them. "" if the time is not known. */
static const char *format_time(char text[UNIT_TEXT_SIZE], double seconds)
{
    long long whole = (long long)ceil(seconds), minutes = whole / 60;

    if (seconds <= 0)
        snprintf(text, UNIT_TEXT_SIZE, "%s", "");
    else if (minutes < 60)
        snprintf(text, UNIT_TEXT_SIZE, "%lld min %02lld s", minutes, whole % 60);
    else
        snprintf(text, UNIT_TEXT_SIZE, "%lld h %02lld min", minutes / 60, minutes % 60);
    return text;
}

/* Writes the line; false if it is longer than that. */
__attribute__((format(printf, 3, 4))) static bool fits(char line[PROGRESS_LINE_SIZE], size_t columns,
                                                       const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, PROGRESS_LINE_SIZE, format, arguments);
    va_end(arguments);
    return length < PROGRESS_LINE_SIZE && (size_t)length <= columns;
}

/* Parts of the line; each may be empty. */
struct parts {
    char head[64], short_head[64];
    char wide[PROGRESS_LINE_SIZE], short_wide[64]; /* what is not precise yet */
    char time[UNIT_TEXT_SIZE];
    const char *about; /* before a time that is estimated */
};

static void format_wide(struct parts *parts, const struct sweep_progress *progress)
{
    const struct schedule_cell *widest = progress->wide.widest;
    char width[UNIT_TEXT_SIZE], cell[PLAN_TEXT_SIZE];

    if (!(progress->until_share > 0))
        return;
    snprintf(parts->short_wide, sizeof parts->short_wide, ", %zu too wide", progress->wide.wide);
    snprintf(parts->wide, sizeof parts->wide, "; %zu of %zu too wide", progress->wide.wide, progress->wide.cells);
    if (widest)
        snprintf(parts->wide, sizeof parts->wide, "; %zu of %zu too wide, the widest %s: %s", progress->wide.wide,
                 progress->wide.cells, plan_tell_cell(cell, &widest->run),
                 precision_format(width, precision_width(widest->value)));
}

/* How many runs there will be is not known where that follows from what they show. */
static struct parts format_parts(const struct sweep_progress *progress)
{
    struct parts parts = {.about = progress->is_timed ? "" : "about "};
    size_t number = progress->done + 1, planned = progress->planned;

    if (progress->is_adaptive) {
        snprintf(parts.head, sizeof parts.head, "run %zu", number);
        snprintf(parts.short_head, sizeof parts.short_head, "%zu", number);
    } else {
        snprintf(parts.head, sizeof parts.head, "%zu of %zu", number, planned);
        snprintf(parts.short_head, sizeof parts.short_head, "%zu/%zu", number, planned);
    }
    format_wide(&parts, progress);
    format_time(parts.time, progress->seconds_left);
    return parts;
}

void progress_line(char line[PROGRESS_LINE_SIZE], const struct sweep_progress *progress, size_t columns)
{
    const struct parts parts = format_parts(progress);
    const char *model = progress->run->model->name, *head = parts.head, *time = parts.time, *wide = parts.short_wide;
    char cell[PLAN_TEXT_SIZE];
    const char *comma = *time ? ", " : "", *about = *time ? parts.about : "", *left = *time ? " left" : "";

    plan_tell_cell(cell, progress->run);
    if (fits(line, columns, "%s: %s%s%s%s%s%s", head, cell, parts.wide, comma, about, time, left) ||
        fits(line, columns, "%s: %s%s%s%s%s%s", head, cell, wide, comma, about, time, left) ||
        ((*time || *wide) && fits(line, columns, "%s%s%s%s%s%s", head, wide, comma, about, time, left)) ||
        (!*time && fits(line, columns, "%s: %s", head, model)) ||
        fits(line, columns, "%s%s%s%s", head, wide, comma, time) || fits(line, columns, "%s%s%s", head, comma, time) ||
        fits(line, columns, "%s%s%s", parts.short_head, comma, time) || fits(line, columns, "%s", parts.short_head))
        return;
    line[0] = '\0';
}
