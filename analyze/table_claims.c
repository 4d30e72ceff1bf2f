/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of claims: what a famous comparison said, against what was measured here. A claim holds if the whole
   confidence interval of the measured ratio is on its side, and does not hold if the whole interval is on the other
   side. */
#include "analyze/ratio.h"
#include "analyze/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define METRIC_CLAIMED METRIC_PEAK

/* P. Kołaczkowski, "How Much Memory Do You Need to Run 1 Million Concurrent Tasks?" (2023): one run of each program,
   its peak resident memory in MB. That a model takes more than `bound` times what the reference takes or, below 1,
   less. */
static const struct claim {
    const char *text, *model, *reference;
    int64_t tasks;
    double model_mb, reference_mb;
    bool is_more;
    double bound;
} claims[] = {
    {"Go loses over 12x to the winner, Tokio", "go-goroutine", "rust-tokio", 1000000, 2658, 213.6, true, 12},
    {"Go loses over 2x to Java's virtual threads", "go-goroutine", "java-virtual-thread", 1000000, 2658, 1154, true, 2},
    {"Threads lose in Java, not in Rust", "java-thread", "rust-thread", 10000, 244.4, 48.3, true, 1},
    {"C# slightly beats one Rust runtime, async-std", "csharp-task", "rust-async-std", 1000000, 461, 527.7, false, 1},
    {"Tokio remains unbeatable, by C# too", "csharp-task", "rust-tokio", 1000000, 461, 213.6, true, 1},
    {"Go has the lowest footprint, before Rust threads", "go-goroutine", "rust-thread", 1, 1.8, 2.5, false, 1},
    {".NET has the worst footprint, behind Elixir", "csharp-task", "elixir-task", 1, 131.1, 57.4, true, 1},
};

#define MB 1e6

struct row {
    const struct claim *claim;
    const char *host;
    struct estimate model, reference; /* what they took here */
    struct ratio ratio;
};

static const char *judge(const struct row *row)
{
    double bound = row->claim->bound;
    bool is_above = row->ratio.low > bound, is_below = row->ratio.high < bound;

    if (!isfinite(row->ratio.value))
        return "not measured";
    if (is_above || is_below)
        return is_above == row->claim->is_more ? "holds" : "does not hold";
    return "cannot tell";
}

/* What a side of the ratio took, published and here. */
#define SIDE(COLUMN, side, mb, taken)                                                                                  \
    COLUMN(side "_published", NULL, UNIT_BYTES, PLAIN, (mb)*MB)                                                        \
    COLUMN(side "_here", NULL, UNIT_BYTES, PLAIN, (taken).value)                                                       \
    COLUMN(side "_here_low", NULL, UNIT_BYTES, PLAIN, (taken).low)                                                     \
    COLUMN(side "_here_high", NULL, UNIT_BYTES, PLAIN, (taken).high)

#define COLUMNS(COLUMN)                                                                                                \
    COLUMN("host", "HOST", TABLE_TEXT, GROUP, row->host)                                                               \
    COLUMN("claim", "CLAIM", TABLE_TEXT, PLAIN, row->claim->text)                                                      \
    COLUMN("model", "MODEL", TABLE_TEXT, PLAIN, row->claim->model)                                                     \
    COLUMN("reference", "OVER", TABLE_TEXT, PLAIN, row->claim->reference)                                              \
    COLUMN("tasks", "TASKS", UNIT_COUNT, PLAIN, (double)row->claim->tasks)                                             \
    COLUMN("side", "SAID", TABLE_TEXT, PLAIN, row->claim->is_more ? "above" : "below")                                 \
    COLUMN("bound", "THAN", UNIT_RATIO, PLAIN, row->claim->bound)                                                      \
    COLUMN("published", "PUBLISHED", UNIT_RATIO, PLAIN, row->claim->model_mb / row->claim->reference_mb)               \
    COLUMN("ratio", "HERE", UNIT_RATIO, VALUE, row->ratio.value)                                                       \
    COLUMN("ratio_low", NULL, UNIT_RATIO, LOW, row->ratio.low)                                                         \
    COLUMN("ratio_high", NULL, UNIT_RATIO, HIGH, row->ratio.high)                                                      \
    COLUMN("verdict", "HERE IT", TABLE_TEXT, PLAIN, judge(row))                                                        \
    SIDE(COLUMN, "model", row->claim->model_mb, row->model)                                                            \
    SIDE(COLUMN, "reference", row->claim->reference_mb, row->reference)

static const struct table_column columns[] = {COLUMNS(TABLE_COLUMN)};

static void add_row(struct table *table, const struct row *row)
{
    COLUMNS(TABLE_ADD)
    table->says_something = table->says_something || isfinite(row->ratio.value);
}

/* What the model's runs with so many tasks took, among the `count` series from `first` on. */
static struct estimate taken(const struct series *first, size_t count, const char *model, int64_t tasks,
                             double confidence)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(first[i].model, model) == 0)
            return knots_at(&first[i].curve.knots, (double)tasks, confidence);
    return estimate_unknown;
}

static void add_host(struct table *table, const struct series *first, size_t count, double confidence)
{
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        struct row row = {.claim = &claims[i], .host = first->host};

        row.model = taken(first, count, claims[i].model, claims[i].tasks, confidence);
        row.reference = taken(first, count, claims[i].reference, claims[i].tasks, confidence);
        row.ratio = ratio_of(row.model, row.reference, series_scale(first), confidence);
        add_row(table, &row);
    }
}

int table_claims(struct table *table, const struct table_request *request, struct error *error)
{
    struct series_selection selection = request->selection;
    struct series_list list;
    size_t peers;

    selection.metric = METRIC_CLAIMED;
    if (series_list_new(&list, request->recordings, &selection, error) != 0)
        return -1;
    *table = table_new(columns, sizeof columns / sizeof *columns, metrics[METRIC_CLAIMED].unit);
    for (size_t first = 0; first < list.count; first += peers) {
        peers = series_list_peers(&list, first);
        add_host(table, &list.series[first], peers, selection.confidence);
    }
    table_remark(table,
                 "\"How Much Memory Do You Need to Run 1 Million Concurrent Tasks?\" (P. Kołaczkowski, 2023) ran each "
                 "program once and took its peak. Ratios of two models' peak resident memory with so many tasks, with "
                 "%g %% confidence intervals: a claim holds if the whole interval is on its side.\n",
                 100 * selection.confidence);
    series_list_free(&list);
    return table->out_of_memory ? error_set(error, "out of memory") : 0;
}
