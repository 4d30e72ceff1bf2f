/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a report as one page of HTML that needs nothing else: a filter by model, family and language for all tables
   and figures, tables that a click on a heading sorts, figures that tell what the pointer or the arrow keys are at.
   Without its script the page says all the same. */
#include "plot/report.h"

#include "analyze/format_people.h"
#include "plot/markup.h"
#include "plot/render.h"

#include <stdlib.h>
#include <string.h>

/* --- style and script --------------------------------------------------------------------------------------------- */

static const char style[] =
    ":root { color-scheme: light dark; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --ground: #ffffff;\n"
    "  --fault: #b3261e; }\n"
    "@media screen and (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9da7b3; --line: #3d444d;\n"
    "  --ground: #14181d; --fault: #ff8a80; } }\n"
    "body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--text); background: var(--ground);\n"
    "  font: 1rem/1.5 system-ui, sans-serif; }\n"
    "h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; } a { color: inherit; }\n"
    "h2 a, figcaption a { text-decoration: none; } h2 a:hover, figcaption a:hover { text-decoration: underline; }\n"
    "nav ol { columns: 14rem; padding-left: 1.5rem; }\n"
    "form { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .5rem 1rem; padding: .5rem 0;\n"
    "  align-items: baseline; background: var(--ground); border-bottom: 1px solid var(--line); }\n"
    "form[hidden] { display: none; } form input, form select { font: inherit; max-width: 11rem; }\n"
    "figure { margin: 1.5rem 0; scroll-margin-top: 4rem; } h2 { scroll-margin-top: 4rem; }\n"
    ".wide { position: relative; overflow-x: auto; } .wide > svg { width: 100%; min-width: 640px; height: auto; "
    "display: block; }\n"
    ".wide > svg:focus-visible { outline: 2px solid; }\n"
    "svg text { font-family: " CANVAS_SVG_FONTS "; }\n"
    "svg .dim { opacity: .15; } svg .off { display: none; } tr.off { display: none; }\n"
    "output { display: block; min-height: 1.5em; color: var(--muted); font-size: .85rem; }\n"
    "figcaption, caption, .muted { color: var(--muted); }\n"
    "caption { text-align: left; }\n"
    "table { border-collapse: collapse; font-size: .85rem; white-space: nowrap; }\n"
    "th, td { padding: .2rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }\n"
    "th[scope=row] { position: sticky; left: 0; background: var(--ground); font-weight: normal; }\n"
    ".number { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "td:last-child { white-space: normal; min-width: 16rem; } .fault { color: var(--fault); font-weight: bold; }\n"
    "th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid; }\n"
    "th[aria-sort=ascending] button::after { content: ' \\2191'; }\n"
    "th[aria-sort=descending] button::after { content: ' \\2193'; }\n"
    ".unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }\n"
    "pre + pre { margin-top: -.5rem; }\n"
    "pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--muted); }\n"
    "@media print { form, nav, output { display: none; } figure { break-inside: avoid; } h2 { break-after: avoid; }\n"
    "  body { max-width: none; } .wide { overflow: visible; } .wide > svg { min-width: 0; }\n"
    "  table { white-space: normal; font-size: .7rem; } }\n";

/* Sorts by value, not by text; empty cells come last. What is of a model has its name in data-of. */
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
    "\n"
    "const owned = [...document.querySelectorAll('[data-of]')], form = document.querySelector('form');\n"
    "const facts = new Map();\n"
    "for (const row of document.querySelectorAll('tr[data-of]'))\n"
    "  facts.set(row.dataset.of, { ...facts.get(row.dataset.of), ...row.dataset });\n"
    "for (const name of ['family', 'language']) {\n"
    "  const values = [...new Set([...facts.values()].map(one => one[name]).filter(Boolean))].sort();\n"
    "  form[name].append(...values.map(value => new Option(value)));\n"
    "  form[name].parentElement.hidden = values.length < 2;\n"
    "}\n"
    "const isShown = (model, one) =>\n"
    "  form.search.value.toLowerCase().split(/[ ,]+/).some((word, i, all) =>\n"
    "    (word || all.every(other => !other)) && model.toLowerCase().includes(word)) &&\n"
    "  ['family', 'language'].every(name => !form[name].value || one[name] === form[name].value);\n"
    "const filter = () => {\n"
    "  const shown = new Set([...facts].filter(([model, one]) => isShown(model, one)).map(([model]) => model));\n"
    "  for (const one of owned) one.classList.toggle('off', facts.has(one.dataset.of) && !shown.has(one.dataset.of));\n"
    "  form.querySelector('output').value = `${shown.size} of ${facts.size} models`;\n"
    "};\n"
    "form.addEventListener('input', filter);\n"
    "form.addEventListener('submit', event => event.preventDefault());\n"
    "form.hidden = facts.size < 2;\n"
    "filter();\n"
    "\n"
    "for (const figure of document.querySelectorAll('figure')) {\n"
    "  const svg = figure.querySelector('svg'), told = figure.querySelector('output');\n"
    "  const marks = [...svg.querySelectorAll('[data-of]')];\n"
    "  const title = mark => mark.querySelector(':scope > title')?.textContent;\n"
    "  let at = -1;\n"
    "  const show = (model, mark) => {\n"
    "    const own = marks.filter(one => one.dataset.of === model);\n"
    "    for (const one of marks) one.classList.toggle('dim', model !== undefined && one.dataset.of !== model);\n"
    "    told.value = (mark && title(mark)) || [...new Set(own.map(title).filter(Boolean))].join(' · ') || model || "
    "'';\n"
    "  };\n"
    "  const models = () => [...new Set(marks.filter(one => !one.classList.contains('off')).map(one => "
    "one.dataset.of))];\n"
    "  svg.addEventListener('pointerover', event => {\n"
    "    const mark = event.target.closest('[data-of]');\n"
    "    show(mark?.dataset.of, mark);\n"
    "  });\n"
    "  svg.addEventListener('pointerleave', () => show());\n"
    "  svg.addEventListener('blur', () => show());\n"
    "  svg.addEventListener('keydown', event => {\n"
    "    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], all = models();\n"
    "    if (event.key === 'Escape') show();\n"
    "    if (!step || !all.length) return;\n"
    "    event.preventDefault();\n"
    "    at = (at + step + all.length) % all.length;\n"
    "    show(all[at]);\n"
    "  });\n"
    "  if (marks.length) svg.tabIndex = 0;\n"
    "}\n"
    "</script>\n";

static void put_style(FILE *stream)
{
    fprintf(stream, "<style>\n%s", style);
    canvas_svg_write_style(stream, &themes[THEME_LIGHT]);
    fputs("@media screen and (prefers-color-scheme: dark) {\n", stream);
    canvas_svg_write_style(stream, &themes[THEME_DARK]);
    fputs("}\n</style>\n", stream);
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static void put_element(const char *name, const char *text, FILE *stream)
{
    fprintf(stream, "<%s>", name);
    markup_write(text, stream);
    fprintf(stream, "</%s>\n", name);
}

static void put_attribute(const char *name, const char *value, FILE *stream)
{
    fprintf(stream, " %s=\"", name);
    markup_write(value, stream);
    fputs("\"", stream);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static bool is_number(const struct table *table, const struct format_column *shown)
{
    return table->column[shown->column].unit != TABLE_TEXT;
}

/* An interval is under a heading of its own for those who hear it. */
static void put_heading(const struct table *table, const struct format_column *shown, FILE *stream)
{
    if (shown->is_interval) {
        fputs("<th scope=\"col\"><span class=\"unseen\">interval of ", stream);
        markup_write(table->column[shown->column].heading, stream);
        fputs("</span></th>", stream);
        return;
    }
    fprintf(stream, "<th scope=\"col\"%s><button>", is_number(table, shown) ? " class=\"number\"" : "");
    markup_write(format_people_heading(table, shown), stream);
    fputs("</button></th>", stream);
}

static void put_headings(const struct table *table, const struct format_column *shown, size_t count, FILE *stream)
{
    fputs("<thead><tr>", stream);
    for (size_t i = 0; i < count; i++)
        put_heading(table, &shown[i], stream);
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
    markup_write(format_people_cell(table, row, shown, buffer), stream);
    fputs("</td>", stream);
}

/* The row's text in the column of that name; NULL where the table has none. */
static const char *text_of(const struct table *table, size_t row, const char *name)
{
    for (size_t i = 0; i < table->columns; i++)
        if (table->column[i].name && strcmp(table->column[i].name, name) == 0)
            return table_at(table, row, i)->text;
    return NULL;
}

/* A row that is of a model says so, and what the table knows of that. */
static void begin_row(const struct table *table, size_t row, FILE *stream)
{
    static const char *const facts[][2] = {
        {"data-of", "model"}, {"data-family", "family"}, {"data-language", "language"}};

    fputs("<tr", stream);
    for (size_t i = 0; text_of(table, row, "model") && i < sizeof facts / sizeof *facts; i++)
        if (text_of(table, row, facts[i][1]))
            put_attribute(facts[i][0], text_of(table, row, facts[i][1]), stream);
    fputs(">", stream);
}

static void put_row(const struct table *table, size_t row, const struct format_column *shown, size_t count,
                    FILE *stream)
{
    char buffer[FORMAT_TEXT_SIZE];

    begin_row(table, row, stream);
    fputs("<th scope=\"row\">", stream);
    markup_write(format_people_cell(table, row, &shown[0], buffer), stream);
    fputs("</th>", stream);
    for (size_t i = 1; i < count; i++)
        put_cell(table, row, &shown[i], stream);
    fputs("</tr>\n", stream);
}

static void begin_group(const struct report_block *block, size_t row, const struct format_column *shown, size_t count,
                        FILE *stream)
{
    const struct table *table = block->table;

    fputs(row > 0 ? "</tbody></table></div>\n" : "", stream);
    for (size_t column = 0; column < table->columns; column++)
        if (table->column[column].role == TABLE_GROUP)
            put_element("h3", table_at(table, row, column)->text, stream);
    fputs("<div class=\"wide\" tabindex=\"0\" role=\"group\"", stream);
    put_attribute("aria-label", block->name, stream);
    fputs("><table>\n", stream);
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
            begin_group(block, row, shown, count, stream);
        put_row(table, row, shown, count, stream);
    }
    fputs("</tbody></table></div>\n<p class=\"muted\">", stream);
    markup_write(block->text, stream);
    fputs("</p>\n", stream);
    free(shown);
    return 0;
}

/* --- figures ------------------------------------------------------------------------------------------------------ */

static int put_figure(const struct report *report, const struct report_block *block, FILE *stream, struct error *error)
{
    const struct figure *figure = &report->figure[block->figure];
    const struct canvas_svg_page page = {.width_mm = figure->width_mm,
                                         .height_mm = figure->height_mm,
                                         .title = figure->title ? figure->title : "",
                                         .description = figure->finding ? figure->finding : "",
                                         .is_part = true};
    struct canvas canvas = canvas_svg(stream, &themes[THEME_LIGHT]);
    int result;

    fprintf(stream, "<figure id=\"%s\"><div class=\"wide\">\n", block->name);
    canvas_svg_open(stream, &page);
    result = render_figure(figure, &canvas, error);
    canvas_svg_close(stream);
    fprintf(stream, "</div>\n<output></output>\n<figcaption><a href=\"#%s\">", block->name);
    markup_write(block->text, stream);
    fputs("</a></figcaption>\n</figure>\n", stream);
    return result;
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static void put_block_heading(const struct report_block *block, FILE *stream)
{
    fprintf(stream, "<h2 id=\"%s\"><a href=\"#%s\">", block->name, block->name);
    markup_write(block->text, stream);
    fputs("</a></h2>\n", stream);
}

static int put_block(const struct report *report, const struct report_block *block, FILE *stream, struct error *error)
{
    static const char *const elements[] = {
        [REPORT_PARAGRAPH] = "p", [REPORT_ITEM] = "li", [REPORT_FORMULA] = "pre", [REPORT_COMMAND] = "pre"};
    bool is_first = block == report->block || block[-1].kind != block->kind;
    bool is_last = block + 1 == report->block + report->blocks || block[1].kind != block->kind;

    if (block->kind == REPORT_HEADING) {
        put_block_heading(block, stream);
        return 0;
    }
    if (block->kind == REPORT_TABLE)
        return put_table(block, stream, error);
    if (block->kind == REPORT_FIGURE)
        return put_figure(report, block, stream, error);
    fputs(block->kind == REPORT_ITEM && is_first ? "<ul>\n" : "", stream);
    put_element(elements[block->kind], block->text, stream);
    fputs(block->kind == REPORT_ITEM && is_last ? "</ul>\n" : "", stream);
    return 0;
}

static void put_contents(const struct report *report, FILE *stream)
{
    fputs("<nav aria-label=\"Contents\"><ol>\n", stream);
    for (size_t i = 0; i < report->blocks; i++) {
        if (report->block[i].kind != REPORT_HEADING)
            continue;
        fprintf(stream, "<li><a href=\"#%s\">", report->block[i].name);
        markup_write(report->block[i].text, stream);
        fputs("</a></li>\n", stream);
    }
    fputs("</ol></nav>\n", stream);
}

/* Shown by the script, which fills it. */
static void put_filter(FILE *stream)
{
    fputs("<form role=\"search\" hidden>\n"
          "<label>Models <input name=\"search\" type=\"search\" placeholder=\"tokio, go\"></label>\n"
          "<label>Family <select name=\"family\"><option value=\"\">all</option></select></label>\n"
          "<label>Language <select name=\"language\"><option value=\"\">all</option></select></label>\n"
          "<output></output>\n</form>\n",
          stream);
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
    fputs("</head>\n<body>\n<main>\n", stream);
    put_element("h1", report->title, stream);
    fputs("<p class=\"muted\">", stream);
    markup_write(report->subtitle, stream);
    fputs("</p>\n", stream);
    put_contents(report, stream);
    put_filter(stream);
    for (size_t i = 0; result == 0 && i < report->blocks; i++)
        result = put_block(report, &report->block[i], stream, error);
    fprintf(stream, "</main>\n%s</body>\n</html>\n", script);
    return result;
}
