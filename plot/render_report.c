/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blocks of a report flow down the pages; what does not fit goes on to the next. */
#include "plot/render_report.h"

#include "analyze/format_people.h"
#include "plot/render.h"
#include "plot/render_text.h"

#include <cairo-pdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MARGIN (RENDER_MARGIN_MM * THEME_POINTS_PER_MM)
#define GAP 6.0
#define BODY_SCALE 1.12
#define COLUMN_GAP 7.0
#define INTERVAL_GAP 3.0
#define LEAST_NOTE 120.0 /* for a text at the end of a row, which wraps */
#define PAGE_NUMBER_Y 28.0

#define PAPER_NAME(upper, lower, ...) #lower,
const char *const render_paper_names[RENDER_PAPER_COUNT] = {RENDER_PAPERS(PAPER_NAME)};

#define PAPER_SIZE(upper, lower, width, height) {width, height, false},
const struct chart_size render_paper_sizes[RENDER_PAPER_COUNT] = {RENDER_PAPERS(PAPER_SIZE)};

struct flow {
    struct render_pen pen;
    cairo_t *cairo;             /* the pen's canvas draws with it */
    double x, y, width, bottom; /* of what is left of the page */
    double height;              /* of the page */
    int page;
};

/* --- pages -------------------------------------------------------------------------------------------------------- */

static void begin_page(struct flow *flow)
{
    char number[16];
    struct render_text text = {number, THEME_CAPTION, FIGURE_MUTED, 1, 0, RENDER_WRAP};

    flow->page++;
    flow->y = MARGIN;
    canvas_ground(flow->pen.canvas);
    snprintf(number, sizeof number, "%d", flow->page);
    render_text_draw(&flow->pen, &text,
                     (struct render_anchor){flow->x + flow->width / 2, flow->height - PAGE_NUMBER_Y, 0.5, 1});
}

/* Begins a new page where the height does not fit. */
static void make_room(struct flow *flow, double height)
{
    if (flow->y + height <= flow->bottom || flow->y <= MARGIN)
        return;
    cairo_show_page(flow->cairo);
    begin_page(flow);
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static void put_text(struct flow *flow, const char *string, enum theme_font font, enum figure_colour colour,
                     double scale, double room_below)
{
    struct render_text text = {string, font, colour, scale, flow->width, RENDER_WRAP};
    double height = render_text_size(&flow->pen, &text).height;

    make_room(flow, height + room_below);
    render_text_draw(&flow->pen, &text, (struct render_anchor){flow->x, flow->y, 0, 0});
    flow->y += height + GAP;
}

#define ITEM_INDENT 10.0

static void put_item(struct flow *flow, const char *string)
{
    struct render_text bullet = {"•", THEME_SUBTITLE, FIGURE_TEXT, BODY_SCALE, 0, RENDER_WRAP};
    struct render_text text = {string, THEME_SUBTITLE, FIGURE_TEXT, BODY_SCALE, flow->width - ITEM_INDENT, RENDER_WRAP};
    double height = render_text_size(&flow->pen, &text).height;

    make_room(flow, height);
    render_text_draw(&flow->pen, &bullet, (struct render_anchor){flow->x, flow->y, 0, 0});
    render_text_draw(&flow->pen, &text, (struct render_anchor){flow->x + ITEM_INDENT, flow->y, 0, 0});
    flow->y += height + GAP / 2;
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

struct sheet {
    const struct table *table;
    struct format_column *column;
    double *width; /* of each column, without the gap */
    size_t columns;
    double scale;
};

static struct render_text cell_text(const char *text, double scale, enum figure_colour colour)
{
    return (struct render_text){text, THEME_LABEL, colour, scale, 0, RENDER_WRAP};
}

static double gap_after(const struct sheet *sheet, size_t i)
{
    return i + 1 < sheet->columns && sheet->column[i + 1].is_interval ? INTERVAL_GAP : COLUMN_GAP;
}

static bool wraps(const struct sheet *sheet, size_t i)
{
    return i + 1 == sheet->columns && sheet->table->column[sheet->column[i].column].unit == TABLE_TEXT;
}

static double natural_width(const struct flow *flow, const struct sheet *sheet, size_t i)
{
    struct render_text heading = cell_text(format_people_heading(sheet->table, &sheet->column[i]), 1, FIGURE_TEXT);
    double widest = render_text_size(&flow->pen, &heading).width;

    for (size_t row = 0; row < table_rows(sheet->table); row++) {
        char buffer[FORMAT_TEXT_SIZE];
        struct render_text text =
            cell_text(format_people_cell(sheet->table, row, &sheet->column[i], buffer), 1, FIGURE_TEXT);

        widest = fmax(widest, render_text_size(&flow->pen, &text).width);
    }
    return widest;
}

/* Each column has its own width, but a text at the end the rest; the scale is smaller if that is too little. */
static void measure(const struct flow *flow, struct sheet *sheet)
{
    double stiff = 0;
    size_t last = sheet->columns - 1;

    for (size_t i = 0; i < sheet->columns; i++) {
        sheet->width[i] = natural_width(flow, sheet, i);
        stiff += i < last || !wraps(sheet, i) ? sheet->width[i] : 0;
        stiff += i < last ? gap_after(sheet, i) : 0;
    }
    sheet->scale = fmin(1, flow->width / (stiff + (wraps(sheet, last) ? fmin(LEAST_NOTE, sheet->width[last]) : 0)));
    for (size_t i = 0; i < sheet->columns; i++)
        sheet->width[i] *= sheet->scale;
    if (wraps(sheet, last))
        sheet->width[last] = flow->width - sheet->scale * stiff;
}

static double row_height(const struct flow *flow, const struct sheet *sheet, size_t row)
{
    char buffer[FORMAT_TEXT_SIZE];
    size_t last = sheet->columns - 1;
    struct render_text text =
        cell_text(format_people_cell(sheet->table, row, &sheet->column[last], buffer), sheet->scale, FIGURE_TEXT);
    struct render_text line = cell_text("X", sheet->scale, FIGURE_TEXT);

    text.width = wraps(sheet, last) ? sheet->width[last] : 0;
    return fmax(render_text_size(&flow->pen, &line).height, render_text_size(&flow->pen, &text).height);
}

/* Numbers are aligned right, texts and intervals left. */
static void put_cell(struct flow *flow, const struct sheet *sheet, size_t i, double x, const char *string,
                     enum figure_colour colour)
{
    struct render_text text = cell_text(string, sheet->scale, colour);
    bool at_right = sheet->table->column[sheet->column[i].column].unit != TABLE_TEXT && !sheet->column[i].is_interval;

    text.width = wraps(sheet, i) ? sheet->width[i] : 0;
    if (*string)
        render_text_draw(&flow->pen, &text,
                         (struct render_anchor){at_right ? x + sheet->width[i] : x, flow->y, at_right ? 1 : 0, 0});
}

static void put_headings(struct flow *flow, const struct sheet *sheet)
{
    double x = flow->x;
    struct render_text line = cell_text("X", sheet->scale, FIGURE_TEXT);

    for (size_t i = 0; i < sheet->columns; i++) {
        put_cell(flow, sheet, i, x, format_people_heading(sheet->table, &sheet->column[i]), FIGURE_MUTED);
        x += sheet->width[i] + sheet->scale * gap_after(sheet, i);
    }
    flow->y += render_text_size(&flow->pen, &line).height + 1;
    canvas_path(
        flow->pen.canvas, (struct figure_point[]){{flow->x, flow->y}, {flow->x + flow->width, flow->y}}, 2, false,
        &(struct canvas_paint){.role = THEME_FRAME, .opacity = 1, .width = flow->pen.canvas->theme->frame_width});
    flow->y += 2;
}

static void put_row(struct flow *flow, const struct sheet *sheet, size_t row)
{
    double x = flow->x, height = row_height(flow, sheet, row);
    int page = flow->page;

    make_room(flow, height);
    if (flow->page != page)
        put_headings(flow, sheet);
    for (size_t i = 0; i < sheet->columns; i++) {
        char buffer[FORMAT_TEXT_SIZE];
        bool is_fault = format_people_is_fault(sheet->table, row, &sheet->column[i]);

        put_cell(flow, sheet, i, x, format_people_cell(sheet->table, row, &sheet->column[i], buffer),
                 is_fault ? FIGURE_WARNING : FIGURE_TEXT);
        x += sheet->width[i] + sheet->scale * gap_after(sheet, i);
    }
    flow->y += height + 1;
}

static void put_group(struct flow *flow, const struct table *table, size_t row)
{
    for (size_t column = 0; column < table->columns; column++)
        if (table->column[column].role == TABLE_GROUP && format_people_begins_group(table, row))
            put_text(flow, table_at(table, row, column)->text, THEME_PANEL_TITLE, FIGURE_TEXT, 1, 40);
}

static int put_table(struct flow *flow, const struct table *table, struct error *error)
{
    struct sheet sheet = {table, calloc(2 * table->columns, sizeof *sheet.column),
                          calloc(2 * table->columns, sizeof *sheet.width), 0, 1};
    bool ready = sheet.column && sheet.width;

    if (ready) {
        sheet.columns = format_people_choose_columns(sheet.column, table);
        measure(flow, &sheet);
    }
    for (size_t row = 0; ready && row < table_rows(table); row++) {
        put_group(flow, table, row);
        if (format_people_begins_group(table, row))
            put_headings(flow, &sheet);
        put_row(flow, &sheet, row);
    }
    free(sheet.column);
    free(sheet.width);
    flow->y += GAP;
    return ready ? 0 : error_set(error, "out of memory");
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

static int put_figure(struct flow *flow, const struct figure *figure, struct error *error)
{
    double width = figure->width_mm * THEME_POINTS_PER_MM, height = figure->height_mm * THEME_POINTS_PER_MM;
    double scale = fmin(1, (flow->bottom - MARGIN - 40) / height); /* below it stands a caption */
    int result;

    make_room(flow, scale * height + 40);
    cairo_save(flow->cairo);
    cairo_translate(flow->cairo, flow->x + (flow->width - scale * width) / 2, flow->y);
    cairo_scale(flow->cairo, scale, scale);
    cairo_rectangle(flow->cairo, 0, 0, width, height);
    cairo_clip(flow->cairo);
    result = render_figure(figure, flow->pen.canvas, error);
    cairo_restore(flow->cairo);
    flow->y += scale * height + GAP;
    return result;
}

/* --- the report --------------------------------------------------------------------------------------------------- */

/* What a heading must have on its page: the text or the figure that follows it, or the beginning of a table. */
static double room_below(const struct flow *flow, const struct report *report, const struct report_block *heading)
{
    const struct report_block *next = heading + 1;
    bool is_last = next == report->block + report->blocks;
    struct render_text text = {
        is_last ? "" : next->text, THEME_SUBTITLE, FIGURE_TEXT, BODY_SCALE, flow->width, RENDER_WRAP};

    if (is_last || next->kind == REPORT_TABLE)
        return 60;
    if (next->kind == REPORT_FIGURE)
        return report->figure[next->figure].height_mm * THEME_POINTS_PER_MM + 60;
    return render_text_size(&flow->pen, &text).height + 2 * GAP;
}

/* The heading has just been put. */
static void add_outline(const struct flow *flow, const char *text)
{
    char target[64];

    snprintf(target, sizeof target, "page=%d pos=[%.1f %.1f]", flow->page, flow->x, fmax(0, flow->y - 3 * MARGIN / 4));
    cairo_pdf_surface_add_outline(cairo_get_target(flow->cairo), CAIRO_PDF_OUTLINE_ROOT, text, target,
                                  CAIRO_PDF_OUTLINE_FLAG_OPEN);
}

static int put_block(struct flow *flow, const struct report *report, const struct report_block *block,
                     struct error *error)
{
    int result = 0;

    switch (block->kind) {
    case REPORT_HEADING:
        flow->y += GAP;
        put_text(flow, block->text, THEME_TITLE, FIGURE_TEXT, 1, room_below(flow, report, block));
        add_outline(flow, block->text);
        break;
    case REPORT_PARAGRAPH:
        put_text(flow, block->text, THEME_SUBTITLE, FIGURE_TEXT, BODY_SCALE, 0);
        break;
    case REPORT_ITEM:
        put_item(flow, block->text);
        break;
    case REPORT_FORMULA:
        put_text(flow, block->text, THEME_LABEL, FIGURE_TEXT, BODY_SCALE, 0);
        break;
    case REPORT_COMMAND:
        put_text(flow, block->text, THEME_LABEL, FIGURE_MUTED, 1, 0);
        break;
    case REPORT_TABLE:
        result = put_table(flow, block->table, error);
        put_text(flow, block->text, THEME_SUBTITLE, FIGURE_MUTED, 1, 0);
        break;
    case REPORT_FIGURE:
        result = put_figure(flow, &report->figure[block->figure], error);
        put_text(flow, block->text, THEME_SUBTITLE, FIGURE_TEXT, BODY_SCALE, 0);
        flow->y += GAP;
    }
    return result;
}

int render_report(const struct report *report, struct surface *surface, struct error *error)
{
    double height = surface->request.height_mm * THEME_POINTS_PER_MM;
    struct flow flow = {.pen = render_text_pen_new(&surface->canvas),
                        .cairo = surface->canvas.cairo,
                        .x = MARGIN,
                        .width = surface->request.width_mm * THEME_POINTS_PER_MM - 2 * MARGIN,
                        .bottom = height - MARGIN,
                        .height = height};
    int result = 0;

    begin_page(&flow);
    put_text(&flow, report->title, THEME_TITLE, FIGURE_TEXT, 1.6, 0);
    put_text(&flow, report->subtitle, THEME_SUBTITLE, FIGURE_MUTED, BODY_SCALE, 0);
    for (size_t i = 0; result == 0 && i < report->blocks; i++)
        result = put_block(&flow, report, &report->block[i], error);
    render_text_pen_free(&flow.pen);
    return result;
}
