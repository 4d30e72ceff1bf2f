/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks over the counts in steps of their logarithm. Where the cheapest changes the two are compared as in the table of
   crossovers. */
#include "plot/cheapest.h"

#include "analyze/crossover.h"

#include <math.h>

#define STEPS_A_DECADE 40

static bool is_candidate(const struct chart_data *data, size_t series, double tasks)
{
    const struct fit *fit = &data->fit[series];

    return !series_is_control(&data->list.series[series]) && isfinite(fit->overhead.value) &&
           tasks >= (double)fit->min_tasks && tasks <= (double)fit->max_tasks;
}

/* Behind the last series if there is none. */
static size_t cheapest_at(const struct chart_data *data, size_t first, size_t count, double tasks)
{
    size_t best = first + count;
    double least = INFINITY;

    for (size_t i = first; i < first + count; i++) {
        double value = is_candidate(data, i, tasks) ? fit_mean_at(&data->fit[i], tasks).value : INFINITY;

        if (value < least) {
            least = value;
            best = i;
        }
    }
    return best;
}

/* Where `b` takes over from `a` near that count: between the last count at which `a` is proven to take less and the
   first at which `b` is. */
static void find_crossing(const struct chart_data *data, size_t a, size_t b, struct cheapest *range)
{
    struct crossover crossover = crossover_of(&data->fit[a], &data->fit[b]);

    range->from_low = range->from_high = NAN;
    if (isnan(crossover.tasks) || (double)data->fit[a].max_tasks < range->to)
        return;
    range->from_low = crossover.smallest;
    range->from_high = crossover.largest;
    for (size_t i = crossover.stretches; i-- > 0;)
        if (crossover.stretch[i].side == CROSSOVER_B && crossover.stretch[i].to > range->from)
            range->from_high = crossover.stretch[i].from;
    for (size_t i = 0; i < crossover.stretches; i++)
        if (crossover.stretch[i].side == CROSSOVER_A && crossover.stretch[i].from < range->from)
            range->from_low = crossover.stretch[i].to;
}

static struct chart_range counts_of(const struct chart_data *data, size_t first, size_t count)
{
    struct chart_range counts = {INFINITY, 0};

    for (size_t i = first; i < first + count; i++) {
        chart_widen(&counts, (double)data->fit[i].min_tasks);
        chart_widen(&counts, (double)data->fit[i].max_tasks);
    }
    return counts;
}

size_t cheapest_ranges(const struct chart_data *data, size_t first, size_t count, struct cheapest range[CHEAPEST_MOST])
{
    struct chart_range counts = counts_of(data, first, count);
    size_t steps = counts.low < counts.high ? (size_t)ceil(log10(counts.high / counts.low) * STEPS_A_DECADE) : 0;
    size_t ranges = 0;

    for (size_t i = 0; i <= steps && steps > 0; i++) {
        double tasks = i < steps ? counts.low * pow(counts.high / counts.low, (double)i / (double)steps) : counts.high;
        size_t best = cheapest_at(data, first, count, tasks);

        if (ranges > 0)
            range[ranges - 1].to = tasks;
        if (best == first + count || (ranges > 0 && range[ranges - 1].series == best) || ranges == CHEAPEST_MOST)
            continue;
        range[ranges++] = (struct cheapest){best, tasks, tasks, NAN, NAN};
    }
    for (size_t i = 1; i < ranges; i++)
        find_crossing(data, range[i - 1].series, range[i].series, &range[i]);
    return ranges;
}
