/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics' names and facts. */
#include "analyze/metric.h"

#include "analyze/name.h"

#define METRIC_NAME(upper, name, ...) name,
const char *const metric_names[METRIC_COUNT] = {METRICS(METRIC_NAME)};

#define METRIC_FACTS(upper, name, description, noun, unit, resolution, facts, work, ...)                               \
    {description,                                                                                                      \
     noun,                                                                                                             \
     UNIT_##unit,                                                                                                      \
     resolution,                                                                                                       \
     WORK_##work,                                                                                                      \
     (facts)&METRIC_LACKS_KERNEL,                                                                                      \
     (facts)&METRIC_REPEATS_SHARED,                                                                                    \
     (facts)&METRIC_HAS_IDLE,                                                                                          \
     (facts)&METRIC_KNOWS_SLEEP,                                                                                       \
     (facts)&METRIC_IS_LEVEL},
const struct metric_facts metrics[METRIC_COUNT] = {METRICS(METRIC_FACTS)};

double metric_resolution(enum metric metric, enum work_kind work, double page_bytes)
{
    double resolution = metrics[metric].resolution;

    if (resolution == METRIC_PAGE)
        return page_bytes;
    if (resolution == METRIC_CLOCK)
        return work == WORK_SLEEP ? METRIC_TICK : METRIC_NANOSECOND;
    return resolution;
}

bool metric_is_wall(enum metric metric, enum metric *processor)
{
#define METRIC_SPAN(wall, of_processor) {METRIC_##wall, METRIC_##of_processor},
    static const struct {
        enum metric wall, processor;
    } spans[] = {METRIC_SPANS(METRIC_SPAN)};

    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        if (spans[i].wall == metric) {
            *processor = spans[i].processor;
            return true;
        }
    return false;
}

bool metric_is_disturbed(enum metric metric, double cpu_share)
{
    enum metric processor;

    return metric_is_wall(metric, &processor) && !(cpu_share >= METRIC_LEAST_CPU_SHARE);
}

int metric_parse(const char *name, enum metric *metric, struct error *error)
{
    int found = name_find("metric", name, metric_names, METRIC_CHOICES, error);

    if (found < 0)
        return -1;
    *metric = (enum metric)found;
    return 0;
}
