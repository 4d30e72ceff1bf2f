/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page: title, subtitle and key at the top, the caption at the bottom, the panels between them in a grid. */
#include "plot/render.h"

#include "plot/render_panel.h"

#include <math.h>
#include <stdlib.h>

#define EDGE 9.0 /* around the page */
#define GAP 4.0  /* between lines of the head */
#define PANEL_GAP_X 16.0
#define PANEL_GAP_Y 10.0
#define KEY_GAP 12.0   /* between entries of the key */
#define KEY_MARKER 8.0 /* width of an entry's marker */

static struct canvas_box page_box(const struct figure *figure)
{
    return (struct canvas_box){EDGE, EDGE, figure->width_mm * THEME_POINTS_PER_MM - 2 * EDGE,
                               figure->height_mm * THEME_POINTS_PER_MM - 2 * EDGE};
}

/* --- head and foot: each takes its part off the box --------------------------------------------------------------- */

static void take_top(struct canvas_box *box, double height)
{
    box->y += height;
    box->height -= height;
}

static void draw_heading(const struct render_pen *pen, const char *heading, enum theme_font font,
                         enum figure_colour colour, struct canvas_box *box)
{
    struct render_text text = {heading, font, colour, 1, box->width, RENDER_WRAP};

    if (heading && *heading)
        take_top(box, render_text_draw(pen, &text, (struct render_anchor){box->x, box->y, 0, 0}).height + GAP);
}

static void draw_key(const struct render_pen *pen, const struct figure *figure, struct canvas_box *box)
{
    double x = box->x, line = 0;

    for (size_t i = 0; i < figure->keys; i++) {
        struct render_text text = {figure->key[i].text, THEME_LABEL, FIGURE_TEXT, 1, 0, RENDER_WRAP};
        struct render_size size = render_text_size(pen, &text);

        if (x > box->x && x + KEY_MARKER + size.width > box->x + box->width) {
            x = box->x;
            take_top(box, line);
        }
        line = size.height + GAP / 2;
        render_marker_draw(pen, &figure->key[i].style,
                           (struct figure_point){x + KEY_MARKER / 2, box->y + size.height / 2}, 1);
        render_text_draw(pen, &text, (struct render_anchor){x + KEY_MARKER + 2, box->y, 0, 0});
        x += KEY_MARKER + 2 + size.width + KEY_GAP;
    }
    take_top(box, line);
}

static void draw_caption(const struct render_pen *pen, const char *caption, struct canvas_box *box)
{
    struct render_text text = {caption, THEME_CAPTION, FIGURE_MUTED, 1, box->width, RENDER_WRAP};
    struct render_anchor anchor = {box->x, box->y + box->height, 0, 1};

    if (caption && *caption)
        box->height -= render_text_draw(pen, &text, anchor).height + 2 * GAP;
}

/* --- the grid of panels ------------------------------------------------------------------------------------------- */

struct grid {
    size_t columns;
    struct canvas_box box;
    double names;  /* how much wider the first column is, for names that its panels share with those beside them */
    double across; /* the width of the other columns */
};

static double left_of(const struct render_pen *pen, const struct figure_panel *panel, bool shares_left,
                      const struct canvas_box *box)
{
    return render_panel_margins(pen, &(struct render_panel){panel, shares_left, box->width},
                                (struct render_size){box->width, box->height})
        .left;
}

/* Names shared by panels may take a share of all of them, those of one panel of its own. */
static struct render_panel panel_of(const struct figure *figure, const struct grid *grid, size_t i)
{
    return (struct render_panel){&figure->panel[i], figure->shares_left && i % grid->columns > 0,
                                 figure->shares_left ? grid->box.width : grid->across};
}

static struct grid grid_of(const struct render_pen *pen, const struct figure *figure, const struct canvas_box *box)
{
    size_t columns = figure->columns > 0 ? figure->columns : 1;
    double gaps = (double)(columns - 1) * PANEL_GAP_X, names = 0;

    if (figure->shares_left && figure->panels > 0)
        names = left_of(pen, &figure->panel[0], false, box) - left_of(pen, &figure->panel[0], true, box);
    return (struct grid){columns, *box, names, (box->width - names - gaps) / (double)columns};
}

/* What a panel without a height of its own has: an equal share. */
static double shared_height(const struct figure *figure, const struct grid *grid)
{
    size_t lines = (figure->panels + grid->columns - 1) / grid->columns, without = lines;
    double left = grid->box.height - (double)(lines > 0 ? lines - 1 : 0) * PANEL_GAP_Y;

    for (size_t i = 0; i < figure->panels; i += grid->columns)
        if (figure->panel[i].height_mm > 0) {
            left -= figure->panel[i].height_mm * THEME_POINTS_PER_MM;
            without--;
        }
    return without > 0 ? left / (double)without : 0;
}

static double line_height(const struct figure *figure, const struct grid *grid, size_t line)
{
    double own = figure->panel[line * grid->columns].height_mm;

    return own > 0 ? own * THEME_POINTS_PER_MM : shared_height(figure, grid);
}

static struct canvas_box grid_cell(const struct figure *figure, const struct grid *grid, size_t i)
{
    size_t line = i / grid->columns, column = i % grid->columns;
    double before = column > 0 ? grid->names : 0;
    struct canvas_box cell = {grid->box.x + before + (double)column * (grid->across + PANEL_GAP_X), grid->box.y,
                              grid->across + grid->names - before, line_height(figure, grid, line)};

    for (size_t k = 0; k < line; k++)
        cell.y += line_height(figure, grid, k) + PANEL_GAP_Y;
    return cell;
}

/* Boxes above each other get the same left and right edges, boxes beside each other the same upper and lower ones. */
static struct render_margins shared_margins(const struct figure *figure, const struct grid *grid,
                                            const struct render_margins *own, size_t panel)
{
    struct render_margins margins = own[panel];

    for (size_t i = 0; i < figure->panels; i++) {
        if (i % grid->columns == panel % grid->columns) {
            margins.left = fmax(margins.left, own[i].left);
            margins.right = fmax(margins.right, own[i].right);
        }
        if (i / grid->columns == panel / grid->columns) {
            margins.top = fmax(margins.top, own[i].top);
            margins.bottom = fmax(margins.bottom, own[i].bottom);
        }
    }
    return margins;
}

static int draw_panels(const struct render_pen *pen, const struct figure *figure, const struct canvas_box *box,
                       struct error *error)
{
    struct grid grid = grid_of(pen, figure, box);
    struct render_margins *own = calloc(figure->panels + 1, sizeof *own);
    int result = own ? 0 : error_set(error, "out of memory");

    for (size_t i = 0; own && i < figure->panels; i++) {
        struct render_panel panel = panel_of(figure, &grid, i);
        struct canvas_box cell = grid_cell(figure, &grid, i);

        own[i] = render_panel_margins(pen, &panel, (struct render_size){cell.width, cell.height});
    }
    for (size_t i = 0; own && result == 0 && i < figure->panels; i++) {
        struct render_panel panel = panel_of(figure, &grid, i);
        struct canvas_box cell = grid_cell(figure, &grid, i);
        struct render_margins margins = shared_margins(figure, &grid, own, i);

        result = render_panel_draw(pen, &panel, &cell, &margins, error);
    }
    free(own);
    return result;
}

static void draw_lack(const struct render_pen *pen, const char *lack, const struct canvas_box *box)
{
    struct render_text text = {lack, THEME_SUBTITLE, FIGURE_WARNING, 1, box->width, RENDER_WRAP};

    render_text_draw(pen, &text, (struct render_anchor){box->x + box->width / 2, box->y + box->height / 2, 0.5, 0.5});
}

int render_figure(const struct figure *figure, struct canvas *canvas, struct error *error)
{
    struct render_pen pen;
    struct canvas_box box = page_box(figure);
    int result = 0;

    if (figure->out_of_memory)
        return error_set(error, "out of memory");
    pen = render_text_pen_new(canvas);
    if (render_text_check_fonts(&pen, error) != 0) {
        render_text_pen_free(&pen);
        return -1;
    }
    canvas_ground(canvas);
    draw_heading(&pen, figure->title, THEME_TITLE, FIGURE_TEXT, &box);
    draw_heading(&pen, figure->subtitle, THEME_SUBTITLE, FIGURE_MUTED, &box);
    if (!figure->lack)
        draw_key(&pen, figure, &box);
    take_top(&box, GAP);
    draw_caption(&pen, figure->caption, &box);
    if (figure->lack)
        draw_lack(&pen, figure->lack, &box);
    else
        result = draw_panels(&pen, figure, &box, error);
    render_text_pen_free(&pen);
    return result;
}
