/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics' names and facts. */
#include "analyze/metric.h"

#include "analyze/name.h"

#define METRIC_NAME(upper, name, ...) name,
const char *const metric_names[METRIC_COUNT] = {METRICS(METRIC_NAME)};

#define METRIC_FACTS(upper, name, description, noun, unit, resolution, facts, ...)                                     \
    {description, noun, UNIT_##unit, resolution, (facts)&METRIC_LACKS_KERNEL, (facts)&METRIC_REPEATS_SHARED},
const struct metric_facts metrics[METRIC_COUNT] = {METRICS(METRIC_FACTS)};

int metric_parse(const char *name, enum metric *metric, struct error *error)
{
    int found = name_find("metric", name, metric_names, METRIC_CHOICES, error);

    if (found < 0)
        return -1;
    *metric = (enum metric)found;
    return 0;
}
