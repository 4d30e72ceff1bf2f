/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a report as one page of HTML: inline figures in the reader's light or dark theme, and tables that a click on a
   heading sorts. */
#include "plot/report.h"

#include "analyze/format_people.h"
#include "plot/render.h"
#include "plot/surface.h"
#include "plot/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
    ":root { color-scheme: light dark; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --ground: #ffffff;\n"
    "  --fault: #b3261e; }\n"
    "@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9da7b3; --line: #3d444d;\n"
    "  --ground: #14171c; --fault: #ff8a80; } }\n"
    "body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--text); background: var(--ground);\n"
    "  font: 1rem/1.5 system-ui, sans-serif; }\n"
    "h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; }\n"
    "figure { margin: 1.5rem 0; } figure svg { width: 100%; height: auto; display: block; }\n"
    "figcaption, caption, .muted { color: var(--muted); } caption { caption-side: bottom; text-align: left;\n"
    "  padding-top: .5rem; white-space: pre-line; }\n"
    ".wide { overflow-x: auto; }\n"
    "table { border-collapse: collapse; font-size: .85rem; white-space: nowrap; }\n"
    "th, td { padding: .2rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }\n"
    "td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "td:last-child { white-space: normal; min-width: 16rem; } .fault { color: var(--fault); font-weight: bold; }\n"
    "th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid; }\n"
    "th[aria-sort=ascending] button::after { content: ' \\2191'; }\n"
    "th[aria-sort=descending] button::after { content: ' \\2193'; }\n"
    "pre + pre { margin-top: -.5rem; }\n"
    "pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--muted); }\n";

/* Sorts by value, not by text; empty cells come last. */
static const char script[] =
    "<script>\n"
    "for (const button of document.querySelectorAll('th button'))\n"
    "  button.addEventListener('click', () => {\n"
    "    const head = button.parentElement, row = head.parentElement, body = row.closest('table').tBodies[0];\n"
    "    const column = [...row.cells].indexOf(head), down = head.getAttribute('aria-sort') === 'ascending';\n"
    "    const value = line => line.cells[column].dataset.value ?? line.cells[column].textContent;\n"
    "    const compare = (a, b) => {\n"
    "      const first = value(a), second = value(b);\n"
    "      if (!first || !second) return !first - !second;\n"
    "      const order = head.className === 'number' ? first - second : first.localeCompare(second);\n"
    "      return down ? -order : order;\n"
    "    };\n"
    "    for (const other of row.cells) other.removeAttribute('aria-sort');\n"
    "    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');\n"
    "    body.append(...[...body.rows].sort(compare));\n"
    "  });\n"
    "</script>\n";

static void put_text(const char *text, FILE *stream)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", stream);
            break;
        case '<':
            fputs("&lt;", stream);
            break;
        case '>':
            fputs("&gt;", stream);
            break;
        case '"':
            fputs("&quot;", stream);
            break;
        default:
            putc(*text, stream);
        }
}

static void put_element(const char *name, const char *text, FILE *stream)
{
    fprintf(stream, "<%s>", name);
    put_text(text, stream);
    fprintf(stream, "</%s>\n", name);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static bool is_number(const struct table *table, const struct format_column *shown)
{
    return table->column[shown->column].unit != TABLE_TEXT;
}

static void put_headings(const struct table *table, const struct format_column *shown, size_t count, FILE *stream)
{
    fputs("<thead><tr>", stream);
    for (size_t i = 0; i < count; i++) {
        if (shown[i].is_interval) {
            fputs("<th></th>", stream);
            continue;
        }
        fprintf(stream, "<th%s><button>", is_number(table, &shown[i]) ? " class=\"number\"" : "");
        put_text(format_people_heading(table, &shown[i]), stream);
        fputs("</button></th>", stream);
    }
    fputs("</tr></thead>\n<tbody>\n", stream);
}

static void put_cell(const struct table *table, size_t row, const struct format_column *shown, FILE *stream)
{
    const char *fault = format_people_is_fault(table, row, shown) ? "fault" : "";
    char buffer[FORMAT_TEXT_SIZE], number[TABLE_NUMBER_SIZE];

    if (is_number(table, shown) && !shown->is_interval)
        fprintf(stream, "<td class=\"number %s\" data-value=\"%s\">", fault,
                table_knows(table, row, shown->column)
                    ? table_format_number(number, table_at(table, row, shown->column)->number)
                    : "");
    else
        fprintf(stream, "<td class=\"%s\">", fault);
    put_text(format_people_cell(table, row, shown, buffer), stream);
    fputs("</td>", stream);
}

static void begin_group(const struct table *table, size_t row, const struct format_column *shown, size_t count,
                        FILE *stream)
{
    fputs(row > 0 ? "</tbody></table></div>\n" : "", stream);
    for (size_t column = 0; column < table->columns; column++)
        if (table->column[column].role == TABLE_GROUP)
            put_element("h3", table_at(table, row, column)->text, stream);
    fputs("<div class=\"wide\"><table>\n", stream);
    put_headings(table, shown, count, stream);
}

static int put_table(const struct report_block *block, FILE *stream, struct error *error)
{
    const struct table *table = block->table;
    struct format_column *shown = calloc(2 * table->columns, sizeof *shown);
    size_t count;

    if (!shown)
        return error_set(error, "out of memory");
    count = format_people_choose_columns(shown, table);
    for (size_t row = 0; row < table_rows(table); row++) {
        if (format_people_begins_group(table, row))
            begin_group(table, row, shown, count, stream);
        fputs("<tr>", stream);
        for (size_t i = 0; i < count; i++)
            put_cell(table, row, &shown[i], stream);
        fputs("</tr>\n", stream);
    }
    fputs("</tbody></table></div>\n<p class=\"muted\">", stream);
    put_text(block->text, stream);
    fputs("</p>\n", stream);
    free(shown);
    return 0;
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

/* A colour of a figure is a CSS property, named by the colour in the light theme. */
#define COLOUR "--c%06x"

static void put_colours(enum theme_name name, FILE *stream)
{
    const struct theme *light = &themes[THEME_LIGHT], *theme = &themes[name];

    fprintf(stream, ":root { " COLOUR ": #%06x; " COLOUR ": #%06x; " COLOUR ": #%06x;", light->background,
            theme->background, light->grid, theme->grid, light->frame, theme->frame);
    for (size_t i = 0; i < FIGURE_COLOURS; i++)
        fprintf(stream, " " COLOUR ": #%06x; " COLOUR ": #%06x;", light->ink[i].mark, theme->ink[i].mark,
                light->ink[i].text, theme->ink[i].text);
    fputs(" }\n", stream);
}

static void put_style(FILE *stream)
{
    fprintf(stream, "<style>\n%s", style);
    put_colours(THEME_LIGHT, stream);
    fputs("@media (prefers-color-scheme: dark) { ", stream);
    put_colours(THEME_DARK, stream);
    fputs("}\n</style>\n", stream);
}

/* Writes the property of the colour at the start of the text. Returns what follows it: Cairo writes
   rgb(0%,44.705882%,69.803922%). */
static const char *put_colour(const char *text, FILE *stream)
{
    theme_colour colour = 0;

    for (size_t i = 0; i < 3; i++) {
        char *end;
        double percent = strtod(text + strcspn(text, "(,)") + 1, &end);

        colour = colour << 8 | (theme_colour)lround(percent / 100 * 255);
        text = end;
    }
    fprintf(stream, "var(" COLOUR ")", colour);
    return text + strlen("%)");
}

/* Gives ids within an SVG a prefix, since each figure counts them from the start. */
static const char *put_name(const char *text, const char *mark, const char *prefix, FILE *stream)
{
    fprintf(stream, "%s%s", mark, prefix);
    text += strlen(mark);
    if (strcmp(mark, "labelledby=\"") != 0)
        return text;
    fprintf(stream, "title %sdescription", prefix); /* two names */
    return strchr(text, '"');
}

/* An SVG as part of the page: without its prolog. */
static void put_svg(const char *svg, const char *prefix, FILE *stream)
{
    static const char *const marks[] = {" id=\"", "href=\"#", "url(#", "labelledby=\""};
    const char *text = strstr(svg, "<svg");

    while (text && *text) {
        const char *mark = NULL;

        for (size_t i = 0; i < sizeof marks / sizeof *marks && !mark; i++)
            if (strncmp(text, marks[i], strlen(marks[i])) == 0)
                mark = marks[i];
        if (mark)
            text = put_name(text, mark, prefix, stream);
        else if (strncmp(text, "rgb(", strlen("rgb(")) == 0)
            text = put_colour(text, stream);
        else
            putc(*text++, stream);
    }
}

static int draw_svg(const struct figure *figure, FILE *stream, struct error *error)
{
    const struct surface_request request = {.path = "figure",
                                            .stream = stream,
                                            .format = SURFACE_SVG,
                                            .width_mm = figure->width_mm,
                                            .height_mm = figure->height_mm,
                                            .title = figure->title,
                                            .description = figure->finding};
    struct surface surface;

    if (surface_open(&surface, &request, error) != 0)
        return -1;
    if (render_figure(figure, &themes[THEME_LIGHT], &surface, error) == 0)
        return surface_close(&surface, error);
    surface_discard(&surface);
    return -1;
}

static int put_figure(const struct report *report, const struct report_block *block, FILE *stream, struct error *error)
{
    char *svg = NULL, prefix[64];
    size_t length;
    FILE *memory = open_memstream(&svg, &length);
    int result;

    if (!memory)
        return error_set(error, "out of memory");
    result = draw_svg(&report->figure[block->figure], memory, error);
    fclose(memory);
    if (result == 0) {
        snprintf(prefix, sizeof prefix, "figure-%zu-", block->figure + 1);
        fputs("<figure>\n", stream);
        put_svg(svg, prefix, stream);
        put_element("figcaption", block->text, stream);
        fputs("</figure>\n", stream);
    }
    free(svg);
    return result;
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static int put_block(const struct report *report, const struct report_block *block, FILE *stream, struct error *error)
{
    static const char *const elements[] = {
        [REPORT_HEADING] = "h2", [REPORT_PARAGRAPH] = "p", [REPORT_FORMULA] = "pre", [REPORT_COMMAND] = "pre"};

    if (block->kind == REPORT_TABLE)
        return put_table(block, stream, error);
    if (block->kind == REPORT_FIGURE)
        return put_figure(report, block, stream, error);
    put_element(elements[block->kind], block->text, stream);
    return 0;
}

int report_write_html(const struct report *report, FILE *stream, struct error *error)
{
    int result = 0;

    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" "
          "href=\"data:,\">\n",
          stream);
    put_element("title", report->title, stream);
    put_style(stream);
    fputs("</head>\n<body>\n", stream);
    put_element("h1", report->title, stream);
    fputs("<p class=\"muted\">", stream);
    put_text(report->subtitle, stream);
    fputs("</p>\n", stream);
    for (size_t i = 0; result == 0 && i < report->blocks; i++)
        result = put_block(report, &report->block[i], stream, error);
    fprintf(stream, "%s</body>\n</html>\n", script);
    return result;
}
