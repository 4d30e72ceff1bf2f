/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/date.h"

#include "collect/sidecar.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

static time_t end_of(const char *recording)
{
    json_object *sidecar = sidecar_of(recording);
    struct tm parts = {0};
    time_t date = DATE_UNKNOWN;

    if (strptime(sidecar_text(sidecar, NULL, "end"), "%Y-%m-%dT%H:%M:%SZ", &parts))
        date = timegm(&parts);
    json_object_put(sidecar);
    return date;
}

int date_of(const struct recording_file *file, size_t files, time_t *date, struct error *error)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *rest;
    long long seconds;

    *date = DATE_UNKNOWN;
    if (!text || !*text) {
        for (size_t i = 0; i < files; i++) {
            time_t end = end_of(file[i].path);

            *date = end > *date ? end : *date;
        }
        return 0;
    }
    errno = 0;
    seconds = strtoll(text, &rest, 10);
    if (errno || *rest || seconds < 0 || seconds > LAST_SECOND)
        return error_set(error, "SOURCE_DATE_EPOCH: '%.40s' is no date (write seconds since 1970)", text);
    *date = (time_t)seconds;
    return 0;
}
