/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report says of the recordings and their sidecars. */
#include "plot/report.h"

#include "collect/array.h"
#include "collect/unit.h"
#include "collect/sidecar.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static void add(struct report *report, struct report_block block)
{
    struct report_block *more = array_grow(report->block, report->blocks, sizeof *more);

    if (!more) {
        report->out_of_memory = true;
        return;
    }
    report->block = more;
    report->block[report->blocks++] = block;
}

static void add_text(struct report *report, enum report_kind kind, const char *text)
{
    add(report, (struct report_block){.kind = kind, .text = text});
}

static void add_heading(struct report *report, const char *name, const char *text)
{
    add(report, (struct report_block){.kind = REPORT_HEADING, .text = text, .name = name});
}

static void add_table(struct report *report, const struct table *table, const char *name, const char *caption)
{
    if (table_rows(table) > 0)
        add(report, (struct report_block){.kind = REPORT_TABLE, .table = table, .text = caption, .name = name});
}

/* --- sidecars ----------------------------------------------------------------------------------------------------- */

static const struct table_column machine_columns[] = {
    {"recording", "RECORDING", TABLE_TEXT, TABLE_PLAIN}, {"host", "HOST", TABLE_TEXT, TABLE_PLAIN},
    {"processor", "PROCESSOR", TABLE_TEXT, TABLE_PLAIN}, {"cores", "CORES", TABLE_TEXT, TABLE_PLAIN},
    {"memory", "MEMORY", TABLE_TEXT, TABLE_PLAIN},       {"kernel", "KERNEL", TABLE_TEXT, TABLE_PLAIN},
    {"cgroup", "CGROUP", TABLE_TEXT, TABLE_PLAIN},       {"measured", "MEASURED", TABLE_TEXT, TABLE_PLAIN},
};

static void add_machine(struct report *report, const char *path, const json_object *sidecar)
{
    const char *name = strrchr(path, '/');
    char memory[UNIT_TEXT_SIZE] = "";

    if (*sidecar_text(sidecar, "machine", "memory_bytes"))
        unit_format(memory, UNIT_BYTES, strtod(sidecar_text(sidecar, "machine", "memory_bytes"), NULL));
    table_add(&report->machines, name ? name + 1 : path);
    table_add(&report->machines, sidecar_text(sidecar, "machine", "host"));
    table_add(&report->machines, sidecar_text(sidecar, "machine", "processor"));
    table_add(&report->machines, sidecar_text(sidecar, "machine", "cores"));
    table_add(&report->machines, (const char *)memory);
    table_add(&report->machines, sidecar_text(sidecar, "machine", "kernel"));
    table_add(&report->machines, sidecar_text(sidecar, "machine", "cgroup"));
    table_add(&report->machines, sidecar_text(sidecar, NULL, "end"));
}

/* The argument as a shell reads it: in single quotes unless it is a plain word; single quotes in it are escaped. */
static const char *quote(struct report *report, const char *argument)
{
    const char *quoted = "";
    size_t length;

    if (*argument && strspn(argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+,./:@%") ==
                         strlen(argument))
        return argument;
    for (; argument[length = strcspn(argument, "'")]; argument += length + 1)
        quoted = figure_text(&report->texts, "%s%.*s'\\''", quoted, (int)length, argument);
    return figure_text(&report->texts, "'%s%s'", quoted, argument);
}

static const char *command_of(struct report *report, const json_object *sidecar)
{
    json_object *command = NULL;
    const char *line = "";

    if (!json_object_object_get_ex(sidecar, "command", &command) || !json_object_is_type(command, json_type_array))
        return line;
    for (size_t i = 0; i < json_object_array_length(command); i++) {
        const char *argument = json_object_get_string(json_object_array_get_idx(command, i));

        line = figure_text(&report->texts, "%s%s%s", line, i ? " " : "", quote(report, argument ? argument : ""));
    }
    return line;
}

static void add_machines(struct report *report, const struct recording_file *file, size_t files)
{
    report->machines = table_new(machine_columns, sizeof machine_columns / sizeof *machine_columns, UNIT_COUNT);
    for (size_t i = 0; i < files; i++) {
        json_object *sidecar = sidecar_of(file[i].path);

        if (sidecar)
            add_machine(report, file[i].path, sidecar);
        json_object_put(sidecar);
    }
    add_heading(report, "machine", "The machine");
    add_table(report, &report->machines, "Machines", "Where and when the recordings were made.");
    if (table_rows(&report->machines) == 0)
        add_text(report, REPORT_PARAGRAPH, "The recordings have no sidecars, which would say where they were made.");
}

/* --- the models --------------------------------------------------------------------------------------------------- */

static const struct table_column model_columns[] = {
    {"model", "MODEL", TABLE_TEXT, TABLE_PLAIN},       {"family", "FAMILY", TABLE_TEXT, TABLE_PLAIN},
    {"language", "LANGUAGE", TABLE_TEXT, TABLE_PLAIN}, {"version", "VERSION", TABLE_TEXT, TABLE_PLAIN},
    {"summary", "A TASK IS", TABLE_TEXT, TABLE_PLAIN}, {"hand_off", "PASSES MESSAGES BY", TABLE_TEXT, TABLE_PLAIN},
};

static bool has_model(const struct table *models, const char *name)
{
    for (size_t row = 0; row < table_rows(models); row++)
        if (strcmp(table_at(models, row, 0)->text, name) == 0)
            return true;
    return false;
}

static void add_models_of(struct report *report, json_object *models)
{
    json_object_object_foreach(models, name, model)
    {
        if (has_model(&report->models, name))
            continue;
        table_add(&report->models, (const char *)name);
        for (size_t i = 1; i < sizeof model_columns / sizeof *model_columns; i++)
            table_add(&report->models, sidecar_text(model, NULL, model_columns[i].name));
    }
}

static void add_models(struct report *report, const struct recording_file *file, size_t files)
{
    report->models = table_new(model_columns, sizeof model_columns / sizeof *model_columns, UNIT_COUNT);
    for (size_t i = 0; i < files; i++) {
        json_object *sidecar = sidecar_of(file[i].path), *models = NULL;

        if (json_object_object_get_ex(sidecar, "models", &models) && json_object_is_type(models, json_type_object))
            add_models_of(report, models);
        json_object_put(sidecar);
    }
    if (table_rows(&report->models) > 0)
        add_heading(report, "models", "The models");
    add_table(report, &report->models, "Models", "What was measured, in the versions that were there.");
}

static void add_reproduction(struct report *report, const struct recording_file *file, size_t files)
{
    add_heading(report, "reproduce", "How to reproduce it");
    add_text(report, REPORT_PARAGRAPH,
             "The sidecar of each recording holds the plan, the seed, the limits and the version of every library and "
             "runtime. These commands made the recordings:");
    for (size_t i = 0; i < files; i++) {
        json_object *sidecar = sidecar_of(file[i].path);

        if (sidecar)
            add_text(report, REPORT_COMMAND, command_of(report, sidecar));
        json_object_put(sidecar);
    }
}

/* --- what failed -------------------------------------------------------------------------------------------------- */

static const struct table_column failure_columns[] = {
    {"model", "MODEL", TABLE_TEXT, TABLE_PLAIN},   {"tasks", "TASKS", UNIT_COUNT, TABLE_PLAIN},
    {"failed", "RUNS", UNIT_COUNT, TABLE_FAULT},   {"status", "STATUS", TABLE_TEXT, TABLE_PLAIN},
    {"reason", "REASON", TABLE_TEXT, TABLE_PLAIN},
};

static void add_failures(struct report *report, const struct chart_data *data)
{
    report->failures = table_new(failure_columns, sizeof failure_columns / sizeof *failure_columns, UNIT_COUNT);
    for (size_t i = 0; i < data->list.count; i++)
        for (size_t k = 0; k < data->list.series[i].cells; k++) {
            const struct cell *cell = &data->list.series[i].cell[k];

            if (cell->failed == 0)
                continue;
            table_add(&report->failures, chart_series_name(&report->texts, data, i));
            table_add(&report->failures, (double)cell->tasks);
            table_add(&report->failures, (double)cell->failed);
            table_add(&report->failures, sample_status_names[cell->failure]);
            table_add(&report->failures, cell->reason);
        }
    add_heading(report, "failures", "What failed");
    if (table_rows(&report->failures) == 0)
        add_text(report, REPORT_PARAGRAPH, "Every run was ok.");
    add_table(report, &report->failures, "Failures",
              "Runs that were not ok, and the limit that they met: they are in no average.");
}

/* --- method, fits, figures ---------------------------------------------------------------------------------------- */

/* " vm: AMD EPYC, 2 cores, 23.5 GiB, Linux 6.18; measured until 2026-11-24.", as far as the sidecar says so. */
static const char *describe_machine(struct report *report, const char *path)
{
    json_object *sidecar = sidecar_of(path);
    const char *text = "", *end = "";
    char memory[UNIT_TEXT_SIZE];

    if (sidecar && *sidecar_text(sidecar, NULL, "end"))
        end = figure_text(&report->texts, "; measured until %.10s", sidecar_text(sidecar, NULL, "end"));
    if (sidecar && *sidecar_text(sidecar, "machine", "processor"))
        text =
            figure_text(&report->texts, " %s: %s, %s cores, %s, Linux %s%s.", sidecar_text(sidecar, "machine", "host"),
                        sidecar_text(sidecar, "machine", "processor"), sidecar_text(sidecar, "machine", "cores"),
                        unit_format(memory, UNIT_BYTES, strtod(sidecar_text(sidecar, "machine", "memory_bytes"), NULL)),
                        sidecar_text(sidecar, "machine", "kernel"), end);
    json_object_put(sidecar);
    return text;
}

static const char *subtitle_of(struct report *report, const struct chart_data *data, const struct recording_file *file,
                               size_t files)
{
    bool one_host = data->list.count > 0 && series_list_host(&data->list, 0) == data->list.count;

    return figure_text(&report->texts, "A report by taskweight.%s",
                       one_host && files > 0
                           ? describe_machine(report, file[0].path)
                           : figure_text(&report->texts, " %zu recordings of several machines.", files));
}

static void add_question(struct report *report, const struct chart_data *data)
{
    bool has_time = chart_data_of(data, WORK_TIME) && data->work != WORK_TIME;

    add_heading(report, "question", "The question");
    add_text(
        report, REPORT_PARAGRAPH,
        figure_text(
            &report->texts,
            "What does one concurrent task cost? Each of %zu task models was run many times with different "
            "numbers of sleeping tasks, all of them alive at once, and its %s was measured from outside. "
            "The metric is %s: %s.%s",
            data->list.count, metrics[data->metric].noun, metric_names[data->metric], metrics[data->metric].description,
            has_time ? " What it costs in time was measured in runs of their own, in which nothing was sampled." : ""));
}

#define TESTED                                                                                                         \
    " Whether a line holds is tested against the scatter (χ² about the line over its expectation, by "               \
    "Brown and Forsythe's test, adjusted for all models by Holm's method)."
#define TESTED_BY_F " Whether the line holds is tested by F of the lack of fit."
#define STAYS " Where it does not, estimates and intervals are of the line all the same."

#define WEIGHTED_LINE "overhead = Σ wₖ (nₖ − n̄) mₖ / Σ wₖ (nₖ − n̄)² = Σ oₖ mₖ,  baseline = m̄ − overhead × n̄"
#define WEIGHTED_ERRORS "standard error² = Σ oₖ² vₖ,  ν = (Σ oₖ² vₖ)² / Σ ((oₖ² vₖ)² / fₖ)"
#define WEIGHTED_TERMS "vₖ: the variance of mₖ, known with fₖ degrees of freedom"
#define OLS_LINE "overhead = Σ (nᵢ − n̄) mᵢ / Σ (nᵢ − n̄)²,  baseline = m̄ − overhead × n̄"
#define STUDENT_LIMITS "limits = estimate ± t(ν) × standard error"

/* How each method fits, in words and formulas of count k with nₖ tasks, or of run i. */
static const struct {
    const char *words, *formula[6]; /* ends with NULL */
} methods[FIT_METHOD_COUNT] = {
    [FIT_CURVE] =
        {
            "A linear spline with a knot at every count, whose value there is the mean of the count's runs; runs "
            "beyond fences about its median are not averaged, unless they are so many that they are a mode. The "
            "overhead is its average slope from the smallest to the largest count, the baseline its value at 0 tasks. "
            "Errors are those of the runs' scatter (Winsorised where runs were fenced out), with Satterthwaite's "
            "degrees of freedom; no line is assumed." TESTED,
            {"overhead = (mₗ − m₁) / (nₗ − n₁),  baseline = m₁ − n₁ (m₂ − m₁) / (n₂ − n₁)",
             "standard error² = Σ aₖ² vₖ,  ν = (Σ aₖ² vₖ)² / Σ ((aₖ² vₖ)² / fₖ)", "aₖ: the share of mₖ", WEIGHTED_TERMS,
             STUDENT_LIMITS},
        },
    [FIT_ROBUST] =
        {
            "Runs of a count that lie beyond fences about its median are flagged, counted and not averaged. Counts are "
            "weighted by their runs over a variance that is a smooth function of the count; errors are those that the "
            "scatter of each count's own runs makes, with Satterthwaite's degrees of freedom." TESTED STAYS,
            {WEIGHTED_LINE, "wₖ = runsₖ / (a + b nₖ + c nₖ²),  mₖ = mean of the runs within the fences",
             WEIGHTED_ERRORS, WEIGHTED_TERMS, STUDENT_LIMITS},
        },
    [FIT_WLS] =
        {
            "Counts are weighted by their runs over the variance of a run, which is at least that of rounding, "
            "resolution² / 12 (of a page or a tick); errors are those that the scatter of each count's own runs makes, "
            "with Satterthwaite's "
            "degrees of freedom." TESTED STAYS,
            {WEIGHTED_LINE, "wₖ = runsₖ / Vₖ,  mₖ = mean of the runs,  Vₖ: the variance of a run", WEIGHTED_ERRORS,
             WEIGHTED_TERMS, STUDENT_LIMITS},
        },
    [FIT_OLS] =
        {
            "All runs weigh the same, and errors are the classical ones of least squares: they are right only where "
            "runs scatter equally at each count." TESTED_BY_F STAYS,
            {OLS_LINE, "standard error of the overhead² = s² / Σ (nᵢ − n̄)²,  s² = Σ residualᵢ² / ν,  ν = runs − 2",
             STUDENT_LIMITS},
        },
    [FIT_THEIL_SEN] =
        {
            "The overhead is the median of the slopes between all pairs of runs with different counts; its limits "
            "follow from Kendall's τ. The baseline is the median of what is left. Whether the line holds is not "
            "tested.",
            {"overhead = median of (mⱼ − mᵢ) / (nⱼ − nᵢ),  baseline = median of mᵢ − overhead × nᵢ"},
        },
    [FIT_OLS_HC3] =
        {
            "All runs weigh the same, and errors are HC3's, which hold where runs scatter unequally (MacKinnon and "
            "White, 1985)." TESTED_BY_F STAYS,
            {OLS_LINE, "covariance = (X'X)⁻¹ Σ xᵢxᵢ' (residualᵢ / (1 − leverageᵢ))² (X'X)⁻¹,  ν = runs − 2",
             STUDENT_LIMITS},
        },
};

static void add_method(struct report *report, const struct chart_data *data)
{
    add_heading(report, "method", "Appendix: the method");
    add_text(report, REPORT_PARAGRAPH,
             figure_text(
                 &report->texts,
                 "%s is fitted through the runs of each model (fit: %s). %s All intervals are %.4g %% "
                 "confidence intervals. A model is said to take the least or the most only where it differs from all "
                 "others by Welch's test, adjusted for all pairs by Holm's method; otherwise those that are not told "
                 "apart are named together. A run counts only if all of its tasks were alive at once and each ended "
                 "by itself.",
                 data->method == FIT_CURVE ? "A curve" : "A line", fit_method_names[data->method],
                 methods[data->method].words, 100 * data->confidence));
    if (data->method != FIT_CURVE)
        add_text(report, REPORT_FORMULA,
                 figure_text(&report->texts, "%s = baseline + overhead × tasks", metrics[data->metric].noun));
    for (const char *const *formula = methods[data->method].formula; *formula; formula++)
        add_text(report, REPORT_FORMULA, *formula);
}

/* The remark's lines as one paragraph. */
static const char *paragraph_of(struct report *report, const char *remark)
{
    const char *paragraph = "";

    while (remark && *remark) {
        size_t length = strcspn(remark, "\n");

        paragraph = figure_text(&report->texts, "%s%s%.*s", paragraph, *paragraph ? " " : "", (int)length, remark);
        remark += length + (remark[length] == '\n');
    }
    return paragraph;
}

static int add_fits(struct report *report, const struct table_request *request, struct error *error)
{
    if (table_fits(&report->fits, request, error) != 0)
        return -1;
    add_heading(report, "fits", "What a task costs");
    add_table(report, &report->fits, "What a task costs", paragraph_of(report, report->fits.remark));
    return 0;
}

#define MOST_FINDINGS 3

static bool is_drawn(const struct report *report, enum chart_name chart)
{
    return report->drawn & 1u << chart;
}

/* If there are runs for it. Its caption is what it shows, or the question where a finding told that. */
static void add_figure(struct report *report, const struct chart_data *data, const struct chart_size *size,
                       enum chart_name chart)
{
    struct figure *figure = &report->figure[report->figures];
    const char *name = chart_names[chart];
    bool is_told = report->told & 1u << chart && !is_drawn(report, chart);

    if (!data || !chart_has_runs(chart, data))
        return;
    chart_draw(figure, data, size, chart);
    if (is_drawn(report, chart))
        name = figure_text(&report->texts, "%s-%s", name, metric_names[data->metric]);
    report->drawn |= 1u << chart;
    add(report,
        (struct report_block){.kind = REPORT_FIGURE,
                              .figure = report->figures,
                              .name = name,
                              .text = figure_text(&report->texts, "Figure %zu. %s", report->figures + 1,
                                                  !is_told && figure->finding ? figure->finding : figure->title)});
    report->figures++;
}

/* The sentence of a chart, without its figure. */
static const char *finding_of(struct report *report, const struct chart_data *data, const struct chart_size *size,
                              enum chart_name chart)
{
    struct figure figure = {0};
    const char *finding = NULL;

    if (chart_has_runs(chart, data)) {
        chart_draw(&figure, data, size, chart);
        finding = figure.finding ? figure_text(&report->texts, "%s", figure.finding) : NULL;
        report->out_of_memory = report->out_of_memory || figure.out_of_memory;
    }
    figure_free(&figure);
    return finding;
}

/* What is cheap: per task, with how many tasks, and in memory and time or else at the largest count. */
static void add_findings(struct report *report, const struct chart_data *data, const struct chart_size *size)
{
    static const enum chart_name told[] = {CHART_overhead, CHART_plane, CHART_costs, CHART_bars};
    size_t findings = 0;

    add_heading(report, "findings", "Findings");
    for (size_t i = 0; i < sizeof told / sizeof *told && findings < MOST_FINDINGS; i++) {
        const char *finding = finding_of(report, data, size, told[i]);

        if (!finding)
            continue;
        add_text(report, REPORT_ITEM, finding);
        report->told |= 1u << told[i];
        findings++;
    }
    add_figure(report, data, size, CHART_overhead);
}

static void add_figures(struct report *report, const struct chart_data *data, const struct chart_size *size)
{
    add_heading(report, "figures", "Figures");
    for (enum chart_name chart = 0; chart < CHART_COUNT; chart++)
        if (charts[chart].works == CHART_ANY && chart != CHART_claims && !is_drawn(report, chart))
            add_figure(report, data, size, chart);
}

static void add_claims(struct report *report, const struct chart_data *data, const struct chart_size *size)
{
    if (!chart_has_runs(CHART_claims, data))
        return;
    add_heading(report, "comparison", "A famous comparison, checked");
    add_figure(report, data, size, CHART_claims);
    add_table(report, &data->claims, "Claims", paragraph_of(report, data->claims.remark));
}

static void add_time(struct report *report, const struct chart_data *data, const struct chart_size *size)
{
    const struct chart_data *time = chart_data_of(data, WORK_TIME), *messages = chart_data_of(data, WORK_PASS);

    if (!time && !messages && !chart_data_of(data, WORK_BEAT))
        return;
    add_heading(report, "time", "Time");
    if (time != data)
        add_figure(report, time, size, CHART_overhead);
    add_figure(report, data, size, CHART_costs);
    add_figure(report, data, size, CHART_latency);
    if (messages != data)
        add_figure(report, messages, size, CHART_bars);
}

static bool is_out_of_memory(const struct report *report)
{
    bool lacks = report->out_of_memory || report->texts.out_of_memory || report->machines.out_of_memory ||
                 report->models.out_of_memory || report->failures.out_of_memory;

    for (size_t i = 0; i < report->figures; i++)
        lacks = lacks || report->figure[i].out_of_memory;
    return lacks;
}

int report_new(struct report *report, const struct chart_data *data, const struct table_request *request,
               const struct recording_file *file, size_t files, const struct chart_size *size, struct error *error)
{
    *report = (struct report){.title = "What does one concurrent task cost?"};
    report->subtitle = subtitle_of(report, data, file, files);
    add_findings(report, data, size);
    if (add_fits(report, request, error) == 0) {
        add_figures(report, data, size);
        add_time(report, data, size);
        add_claims(report, data, size);
        add_failures(report, data);
        add_question(report, data);
        add_machines(report, file, files);
        add_models(report, file, files);
        add_reproduction(report, file, files);
        add_method(report, data);
        if (!is_out_of_memory(report))
            return 0;
        error_set(error, "out of memory");
    }
    report_free(report);
    return -1;
}

void report_free(struct report *report)
{
    free(report->block);
    table_free(&report->machines);
    table_free(&report->models);
    table_free(&report->fits);
    table_free(&report->failures);
    for (size_t i = 0; i < report->figures; i++)
        figure_free(&report->figure[i]);
    figure_free(&report->texts);
}
