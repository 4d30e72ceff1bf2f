/* SPDX-License-Identifier: GPL-3.0-or-later */
/*      idle ─▶ go ─────▶ ready ─▶ (late... or passed) ─▶ done ─▶ end
        idle    idle      hold      late     pass         drain   end      rows
                cpu_ns    cpu_ns             cpu_ns       cpu_ns  cpu_ns

   Nothing else is done between go and done: what collect did then would be in the way of what it measures. */
#include "collect/timing.h"

#include "collect/watch.h"

#include <inttypes.h>
#include <stdio.h>

/* A histogram of 64-bit lateness has 976 at most: 16, and 8 for each further power of two, on either side of 0. */
#define MOST_BUCKETS 1024

static enum work_kind kind_of(const struct watch *watch)
{
    return watch->request->run.work.kind;
}

void timing_open(struct watch *watch)
{
    enum work_kind kind = kind_of(watch);

    if (kind == WORK_TIME || kind == WORK_PASS)
        watch->timing.clock = cpu_clock_of(watch->launch.pid, groups_of_time(&watch->groups));
    watch->timing.had_several = watch->result->sampler.is_root_outside; /* the launched process is none of them */
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void make_mark(struct watch *watch, enum timing_mark mark, const struct cpu_clock_reading *reading)
{
    struct timing *timing = &watch->timing;

    timing->mark[mark].is_made = true;
    timing->mark[mark].row = watch->result->sampler.samples - 1;
    timing->mark[mark].reading = *reading;
}

void timing_go(struct watch *watch, const struct cpu_clock_reading *reading)
{
    make_mark(watch, TIMING_GO, reading);
}

static struct sample *add_row(struct watch *watch, enum sample_phase phase, struct error *error)
{
    return sampler_add(&watch->result->sampler, phase, watch->timing.heard.at_us, error);
}

/* Messages are passed in some milliseconds, and the model must not run ahead of the clocks. */
bool timing_is_answered(const struct watch *watch)
{
    return kind_of(watch) == WORK_PASS;
}

int timing_ready(struct watch *watch, struct error *error)
{
    struct sample *row = add_row(watch, SAMPLE_HOLD, error);

    if (!row)
        return -1;
    row->alive = watch->alive;
    row->value_ns = watch_sleep_milliseconds(watch->request) * 1000000;
    make_mark(watch, TIMING_READY, &watch->timing.heard);
    if (watch->timing.clock.has_process)
        watch->timing.had_several |= sampler_has_several(&watch->result->sampler);
    if (timing_is_answered(watch)) {
        const struct cpu_clock_reading now = cpu_clock_read(&watch->timing.clock);

        row->time_us = now.at_us;
        make_mark(watch, TIMING_READY, &now);
    }
    return 0;
}

int timing_late(struct watch *watch, const struct event *event, const char *line, struct error *error)
{
    struct timing *timing = &watch->timing;
    struct sample *row;

    if (timing->buckets > 0 && event->value <= timing->last_late_ns) {
        watch_finish(watch, SAMPLE_FAILED, "printed '%.80s' behind a bucket of %" PRId64 " ns, but buckets ascend",
                     line, timing->last_late_ns);
        return 0;
    }
    if (timing->buckets++ == MOST_BUCKETS) {
        watch_finish(watch, SAMPLE_FAILED, "printed '%.80s' behind %d buckets, which is all there can be", line,
                     MOST_BUCKETS);
        return 0;
    }
    row = add_row(watch, SAMPLE_LATE, error);
    if (!row)
        return -1;
    row->value_ns = timing->last_late_ns = event->value;
    row->count = event->count;
    return 0;
}

int timing_passed(struct watch *watch, const struct event *event, const char *line, struct error *error)
{
    const struct timing *timing = &watch->timing;
    int64_t messages = watch->request->run.work.messages;
    struct sample *row;

    if (event->count != messages) {
        watch_finish(watch, SAMPLE_FAILED, "printed '%.80s', but %" PRId64 " messages were asked for", line, messages);
        return 0;
    }
    if (timing->heard.at_us <= timing->mark[TIMING_READY].reading.at_us) {
        watch_finish(watch, SAMPLE_FAILED, "printed '%.80s' before its ready was answered", line);
        return 0;
    }
    row = add_row(watch, SAMPLE_PASS, error);
    if (!row)
        return -1;
    row->count = event->count;
    make_mark(watch, TIMING_PASSED, &timing->heard);
    watch->result->pass_seconds = (double)(timing->heard.at_us - timing->mark[TIMING_READY].reading.at_us) * 1e-6;
    return 0;
}

int timing_done(struct watch *watch, struct error *error)
{
    struct sample *row = sampler_take(&watch->result->sampler, SAMPLE_DRAIN, PROCESS_CHEAP, error);

    if (!row)
        return -1;
    row->time_us = watch->timing.heard.at_us;
    make_mark(watch, TIMING_DONE, &watch->timing.heard);
    return 0;
}

/* --- what is awaited and what was not well ------------------------------------------------------------------------ */

const char *timing_awaited(const struct watch *watch)
{
    if (kind_of(watch) == WORK_BEAT)
        return "late or done";
    return kind_of(watch) == WORK_PASS && !watch->timing.mark[TIMING_PASSED].is_made ? "passed" : "done";
}

void timing_judge(struct watch *watch)
{
    int64_t passed_at = watch->timing.mark[TIMING_PASSED].reading.at_us;

    if (kind_of(watch) == WORK_PASS && watch->request->run.tasks > 0 && passed_at >= watch->hold_until)
        watch_finish(watch, SAMPLE_SHORT,
                     "the messages were passed %.2f s after the go, but the tasks beside them slept %.2f s",
                     (double)(passed_at - watch->go_at) * 1e-6, watch->request->sleep_seconds);
}

/* --- processor time ----------------------------------------------------------------------------------------------- */

static int64_t time_by(const struct cpu_clock_reading *reading, bool by_group)
{
    return by_group ? reading->group_ns : reading->process_ns;
}

void timing_settle(struct watch *watch)
{
    const struct timing *timing = &watch->timing;
    struct measurement *result = watch->result;
    bool has_several = timing->had_several || result->sampler.most_processes > 1;

    if (!timing->clock.has_process)
        return;
    for (int i = 0; i < TIMING_MARKS; i++)
        if (timing->mark[i].is_made)
            result->sampler.sample[timing->mark[i].row].cpu_ns = time_by(&timing->mark[i].reading, has_several);
    if (timing->mark[TIMING_DONE].is_made)
        result->sampler.sample[result->sampler.samples - 1].cpu_ns =
            time_by(&timing->mark[TIMING_DONE].reading, has_several);
    if (has_several && timing->mark[TIMING_GO].reading.group_ns == SAMPLE_UNKNOWN && !*result->lack)
        snprintf(result->lack, sizeof result->lack,
                 "a run has several processes and no group that counts their processor time, so it is not recorded");
}
