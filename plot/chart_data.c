/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that analyze makes of the recordings, for charts. */
#include "plot/chart.h"

#include <math.h>
#include <stdlib.h>

/* The series of a metric and their fits. Returns -1 and an error where there are none. */
static int fit_all(struct chart_data *data, const struct recordings *recordings,
                   const struct series_selection *selection, enum metric metric, struct error *error)
{
    struct series_selection chosen = *selection;
    struct series_list *list = &data->list_of[metric];
    struct fit *fit;

    chosen.metric = metric;
    if (series_list_new(list, recordings, &chosen, error) != 0)
        return -1;
    fit = data->fit_of[metric] = calloc(list->count + 1, sizeof *fit);
    for (size_t i = 0; fit && i < list->count; i++)
        fit[i] = fit_series(&list->series[i], data->method, selection->confidence);
    return fit ? 0 : error_set(error, "out of memory");
}

/* Of the runs of the metric's work. */
static int fit_work(struct chart_data *data, const struct recordings *recordings,
                    const struct series_selection *selection, enum fit_method method, struct error *error)
{
    enum work_kind work = series_work(recordings, selection->metric);
    int result = 0;

    *data = (struct chart_data){.metric = selection->metric,
                                .method = method,
                                .confidence = selection->confidence,
                                .interrupted = recordings->interrupted,
                                .work = work};
    for (enum metric metric = 0; metric < METRIC_COUNT && result == 0; metric++)
        if (series_work(recordings, metric) == work)
            result = fit_all(data, recordings, selection, metric, error);
    data->list = data->list_of[data->metric];
    data->fit = data->fit_of[data->metric];
    if (result == 0)
        data->trace = traces_new(&data->list);
    if (data->trace)
        return 0;
    chart_data_free(data);
    return result == 0 ? error_set(error, "out of memory") : -1;
}

/* Where no metric of a work is chosen, any leads its charts. */
static enum metric first_metric(const struct recordings *recordings, enum work_kind work)
{
    enum metric metric = 0;

    while (metric < METRIC_COUNT && series_work(recordings, metric) != work)
        metric++;
    return metric;
}

static int fit_beside(struct chart_data *data, const struct recordings *recordings,
                      const struct series_selection *selection, enum work_kind work, struct error *error)
{
    struct series_selection chosen = *selection;

    chosen.metric = first_metric(recordings, work);
    data->beside[work] = calloc(1, sizeof *data);
    if (!data->beside[work])
        return error_set(error, "out of memory");
    if (fit_work(data->beside[work], recordings, &chosen, data->method, error) == 0)
        return 0;
    free(data->beside[work]);
    data->beside[work] = NULL;
    return -1;
}

/* What is shown of tables rather than of series. */
static int fill_tables(struct chart_data *data, const struct recordings *recordings, const struct recordings *against,
                       const struct series_selection *selection, struct error *error)
{
    const struct table_request request = {.recordings = recordings,
                                          .selection = *selection,
                                          .method = data->method,
                                          .against = against,
                                          .fail_above = NAN};

    if (table_claims(&data->claims, &request, error) != 0)
        return -1;
    return against ? table_changes(&data->changes, &request, error) : 0;
}

int chart_data_new(struct chart_data *data, const struct recordings *recordings, const struct recordings *against,
                   const struct series_selection *selection, enum fit_method method, struct error *error)
{
    int result = fit_work(data, recordings, selection, method, error);

    if (result == 0)
        result = fill_tables(data, recordings, against, selection, error);
    for (int work = 0; result == 0 && work < WORK_KINDS; work++)
        if ((enum work_kind)work != data->work && recordings_have(recordings, (enum work_kind)work))
            result = fit_beside(data, recordings, selection, (enum work_kind)work, error);
    if (result != 0)
        chart_data_free(data);
    return result;
}

void chart_data_free(struct chart_data *data)
{
    for (int work = 0; work < WORK_KINDS; work++)
        if (data->beside[work]) {
            chart_data_free(data->beside[work]);
            free(data->beside[work]);
        }
    traces_free(data->trace, &data->list);
    table_free(&data->claims);
    table_free(&data->changes);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        series_list_free(&data->list_of[metric]);
        free(data->fit_of[metric]);
    }
    *data = (struct chart_data){0};
}

const struct chart_data *chart_data_of(const struct chart_data *data, enum work_kind work)
{
    return work == data->work ? data : data->beside[work];
}
