/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics by name. */
#include "analyze/metric.h"

#include "analyze/name.h"

#define METRIC_NAME(upper, name, description, column, reduction, phase) name,
const char *const metric_names[METRIC_COUNT] = {METRICS(METRIC_NAME)};

#define METRIC_DESCRIPTION(upper, name, description, column, reduction, phase) description,
const char *const metric_descriptions[METRIC_COUNT] = {METRICS(METRIC_DESCRIPTION)};

int metric_parse(const char *name, enum metric *metric, struct error *error)
{
    int found = name_find("metric", name, metric_names, METRIC_CHOICES, error);

    if (found < 0)
        return -1;
    *metric = (enum metric)found;
    return 0;
}
