/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a figure as text, line by line: tests compare it, and it shows why a picture looks as it does. */
#include "plot/figure.h"

#include <math.h>

/* Share of a linear axis' span: less is 0 with a rounding error, which differs between processors. */
#define LEAST_SHARE 1e-9

static double position(const struct axis *axis, double value)
{
    bool has_zero = axis->scale == AXIS_LINEAR || axis->scale == AXIS_SYMLOG;

    return has_zero && fabs(value) < LEAST_SHARE * fabs(axis->high - axis->low) ? 0 : value;
}

static const char *text_or_nothing(const char *text)
{
    return text ? text : "-";
}

static void write_axis(const char *name, const struct axis *axis, const char *title, FILE *stream)
{
    static const char *const scales[] = {
        [AXIS_LINEAR] = "linear", [AXIS_LOG] = "log", [AXIS_LOG_ZERO] = "log with 0", [AXIS_SYMLOG] = "symmetric log"};

    fprintf(stream, "  %s %s %.6g to %.6g: %s\n", name, scales[axis->scale], axis->low, axis->high,
            text_or_nothing(title));
}

static void write_mark(const struct figure_panel *panel, const struct figure_mark *mark, FILE *stream)
{
    static const char *const kinds[] = {
        [FIGURE_POINTS] = "points",     [FIGURE_LINE] = "line",   [FIGURE_BAND] = "band",  [FIGURE_BAR] = "bar",
        [FIGURE_INTERVAL] = "interval", [FIGURE_BREAK] = "break", [FIGURE_TICKS] = "ticks"};

    fprintf(stream, "  %s colour %d shape %d%s%s dash %d:", kinds[mark->kind], mark->style.colour, mark->style.shape,
            mark->style.hollow ? " hollow" : "", mark->style.faint ? " faint" : "", mark->style.dash);
    for (size_t i = 0; i < mark->points; i++)
        fprintf(stream, " %.6g,%.6g", position(&panel->x, mark->point[i].x), position(&panel->y, mark->point[i].y));
    fprintf(stream, mark->style.about ? " | %s\n" : "\n", mark->style.about);
}

static void write_rows(const struct figure_panel *panel, FILE *stream)
{
    for (size_t row = 0; panel->row && row < panel->rows; row++) {
        fprintf(stream, "  row %zu: %s", row, text_or_nothing(panel->row[row].name));
        for (size_t column = 0; column < panel->columns; column++)
            fprintf(stream, " | %s: %s", panel->column[column].heading,
                    text_or_nothing(panel->column[column].entry[row].text));
        putc('\n', stream);
    }
}

static void write_panel(const struct figure_panel *panel, FILE *stream)
{
    fprintf(stream, "panel: %s\n", text_or_nothing(panel->title));
    write_axis("x", &panel->x, panel->x_title, stream);
    if (!panel->row)
        write_axis("y", &panel->y, panel->y_title, stream);
    write_rows(panel, stream);
    for (size_t i = 0; i < panel->marks; i++)
        write_mark(panel, &panel->mark[i], stream);
    for (size_t i = 0; i < panel->labels; i++)
        fprintf(stream, "  label %d colour %d at %.6g,%.6g: %s\n", panel->label[i].place, panel->label[i].colour,
                position(&panel->x, panel->label[i].at.x), position(&panel->y, panel->label[i].at.y),
                panel->label[i].text);
}

void figure_write(const struct figure *figure, FILE *stream)
{
    fprintf(stream, "figure %g x %g mm, %zu columns\ntitle: %s\nsubtitle: %s\ncaption: %s\nfinding: %s\n",
            figure->width_mm, figure->height_mm, figure->columns, text_or_nothing(figure->title),
            text_or_nothing(figure->subtitle), text_or_nothing(figure->caption), text_or_nothing(figure->finding));
    if (figure->lack)
        fprintf(stream, "lack: %s\n", figure->lack);
    for (size_t i = 0; i < figure->keys; i++)
        fprintf(stream, "key colour %d shape %d: %s\n", figure->key[i].style.colour, figure->key[i].style.shape,
                figure->key[i].text);
    for (size_t i = 0; i < figure->panels; i++)
        write_panel(&figure->panel[i], stream);
}
