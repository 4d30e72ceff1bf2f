/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution: every run of the largest count that each model reached, beside their median, the steadiest first. The
   axis is linear near the median and logarithmic beyond, so that steady models are seen beside wild ones. */
#include "plot/chart.h"

#include "collect/unit.h"
#include "plot/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct row {
    size_t series;
    const struct cell *cell; /* NULL: no ok run */
    const char *model;
};

/* Percent of the median. */
static double deviation(const struct cell *cell, double value)
{
    return 100 * (value / cell->median - 1);
}

static double spread(const struct row *row)
{
    return row->cell ? deviation(row->cell, row->cell->max) - deviation(row->cell, row->cell->min) : INFINITY;
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *first = a, *second = b;
    double left = spread(first), right = spread(second);

    if (left != right)
        return left < right ? -1 : 1;
    return strcmp(first->model, second->model);
}

/* Why a series has no cell. */
static const char *say_lack(const struct series *series)
{
    for (size_t k = 0; k < series->cells; k++)
        if (series->cell[k].runs > 0)
            return "the median is not above 0: no deviation in percent";
    return "no ok run";
}

static const struct cell *largest_cell(const struct series *series)
{
    const struct cell *largest = NULL;

    for (size_t k = 0; k < series->cells; k++)
        if (series->cell[k].runs > 0 && series->cell[k].median > 0)
            largest = &series->cell[k];
    return largest;
}

static void gather_rows(struct row *row, const struct chart_data *data)
{
    for (size_t i = 0; i < data->list.count; i++)
        row[i] = (struct row){i, largest_cell(&data->list.series[i]), data->list.series[i].model};
    qsort(row, data->list.count, sizeof *row, compare_rows);
}

static struct axis make_axis(const struct row *row, size_t rows)
{
    double low = 0, high = 0;

    for (size_t i = 0; i < rows; i++)
        if (row[i].cell) {
            low = fmin(low, deviation(row[i].cell, row[i].cell->min));
            high = fmax(high, deviation(row[i].cell, row[i].cell->max));
        }
    return axis_over(AXIS_SYMLOG, UNIT_RATIO, low, high);
}

/* Share of a row's height over which its runs are spread, so that equal ones do not hide each other. */
#define SPREAD 0.5

/* The fractions of multiples of the golden ratio fill an interval evenly, however many there are: Knuth, The Art of
   Computer Programming, volume 3, section 6.4. */
static double jitter(size_t i)
{
    return SPREAD * (fmod((double)i * 0.6180339887498949, 1) - 0.5);
}

/* Those that are outliers, or those that are not. */
static void add_runs(struct figure *figure, struct figure_panel *panel, const struct cell *cell,
                     struct figure_style style, double y, bool outliers)
{
    struct figure_point at[CHART_MOST_RUNS];
    size_t points = 0;

    for (size_t i = 0; i < chart_runs(cell); i++)
        if (cell_is_outlier(cell, chart_run(cell, i)) == outliers)
            at[points++] = (struct figure_point){deviation(cell, chart_run(cell, i)), y + jitter(i)};
    style.hollow = outliers;
    style.faint = !outliers;
    if (points > 0)
        figure_add_mark(figure, panel, FIGURE_POINTS, style, at, points);
}

static struct figure_entry text_entry(const char *text)
{
    return (struct figure_entry){text, FIGURE_TEXT};
}

static void add_row(struct figure *figure, struct figure_panel *panel, const struct chart_data *data,
                    const struct row *row, size_t place)
{
    const struct cell *cell = row->cell;
    struct figure_style style = chart_style(data, row->series);
    char count[UNIT_TEXT_SIZE];

    chart_name_row(figure, panel, data, place, row->series);
    if (!cell) {
        figure_add_label(figure, panel,
                         (struct figure_label){FIGURE_WITHIN,
                                               FIGURE_WARNING,
                                               {panel->x.low, (double)place},
                                               say_lack(&data->list.series[row->series]),
                                               style.subject});
        return;
    }
    style.about = chart_about_cell(figure, data, row->series, cell);
    add_runs(figure, panel, cell, style, (double)place, false);
    add_runs(figure, panel, cell, style, (double)place, true);
    figure_set_entry(panel, 0, place, text_entry(figure_text(figure, "%s", unit_format_count(count, cell->tasks))));
    figure_set_entry(panel, 1, place, text_entry(chart_quantity(figure, data, cell->median)));
    if (isfinite(cell->sd) && cell->mean > 0)
        figure_set_entry(panel, 2, place, text_entry(figure_text(figure, "%.2g %%", 100 * cell->sd / cell->mean)));
}

/* Whether the row says how far runs scatter: a single run does not. */
static bool is_told(const struct chart_data *data, const struct row *row)
{
    return row->cell && row->cell->runs > 1 && !series_is_control(&data->list.series[row->series]);
}

/* The rows ascend by spread. */
static const char *find(struct figure *figure, const struct chart_data *data, const struct row *row, size_t rows)
{
    size_t known = 0, steady = 0;
    const struct row *widest = NULL;

    for (size_t i = 0; i < rows; i++) {
        if (!is_told(data, &row[i]))
            continue;
        known++;
        steady += spread(&row[i]) < 1;
        widest = &row[i];
    }
    if (!finding_has_models(data))
        return finding_lack(figure, data);
    if (known == 0)
        return "No model has several runs at its largest count: how far they scatter is not known.";
    return figure_text(figure,
                       "Of %zu %s with several runs, those of %zu lie within 1 %%; those of %s lie the farthest "
                       "apart, %.3g %%.",
                       known, known == 1 ? "model" : "models", steady, chart_series_name(figure, data, widest->series),
                       spread(widest));
}

void chart_distribution(struct figure *figure, const struct chart_data *data, const struct chart_size *size)
{
    struct row *row = calloc(data->list.count + 1, sizeof *row);
    struct figure_panel *panel;

    chart_begin(figure, data, size, CHART_distribution, chart_height_mm(data->list.count, 1));
    figure->out_of_memory = figure->out_of_memory || !row;
    figure->subtitle =
        "Every run at the largest count that its model reached, beside their median; hollow ones are outliers. CV, the "
        "coefficient of variation, is the standard deviation over the mean.";
    chart_add_family_key(figure, data);
    figure_make_panels(figure, 1);
    if (row && figure->panels > 0) {
        panel = &figure->panel[0];
        gather_rows(row, data);
        panel->x = make_axis(row, data->list.count);
        panel->x_title = figure_text(figure, "%s, deviation from the median (%%)", chart_metric_title(figure, data));
        panel->row_lines = true;
        figure_make_rows(figure, panel, data->list.count);
        figure_add_column(figure, panel, "tasks");
        figure_add_column(figure, panel, "median");
        figure_add_column(figure, panel, "CV");
        for (size_t i = 0; i < panel->rows; i++)
            add_row(figure, panel, data, &row[i], i);
        figure->finding = find(figure, data, row, data->list.count);
    }
    free(row);
}
