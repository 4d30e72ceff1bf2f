/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/watch.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

int64_t watch_now_us(void)
{
    return sampler_now_us();
}

void watch_begin(struct watch *watch, enum watch_stage stage)
{
    watch->stage = stage;
    watch->stage_began = watch_now_us();
    watch->sample_at = watch->stage_began;
}

void watch_finish(struct watch *watch, enum sample_status status, const char *format, ...)
{
    va_list arguments;

    if (watch->stage == WATCH_OVER)
        return;
    watch->stage = WATCH_OVER;
    watch->result->status = status;
    va_start(arguments, format);
    vsnprintf(watch->result->reason, sizeof watch->result->reason, format, arguments);
    va_end(arguments);
}

bool watch_is_of_command(const struct watch *watch)
{
    return *watch->request->run.model->command;
}

bool watch_is_timed(const struct watch *watch)
{
    return watch->request->run.work.kind != WORK_SLEEP;
}

int64_t watch_sleep_milliseconds(const struct measure_request *request)
{
    return (int64_t)ceil(request->sleep_seconds * 1000);
}
