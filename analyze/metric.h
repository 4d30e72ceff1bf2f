/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics: how the samples of a run become one value, and how that value is shown. */
#ifndef TASKWEIGHT_ANALYZE_METRIC_H
#define TASKWEIGHT_ANALYZE_METRIC_H

#include "collect/sample.h"
#include "collect/unit.h"
#include "collect/work.h"

#include <math.h>

/* What a metric's values are rounded to, in its unit. */
#define METRIC_PAGE 0     /* a page of the machine that made the recording */
#define METRIC_CLOCK (-1) /* of processor time: a nanosecond, or a tick in runs whose memory was sampled */
#define METRIC_TICK 0.01  /* such runs count it in 1/100 s, which proc_pid_stat(5) gives and sysconf(3) names */
#define METRIC_EVENT 1.0
#define METRIC_NANOSECOND 1e-9
#define METRIC_MICROSECOND 1e-6 /* time_us */
#define METRIC_MESSAGE 1e-11    /* a microsecond shared by 100,000 messages, the fewest that settle a figure */
/* What is late is told by buckets of 1 ns and wider, an eighth of an octave at most. No one number is right for all,
   and this one is the floor of what runs are taken to scatter by: the narrowest bucket promises least. Quantiles are
   interpolated, so that runs scatter by more than it; late-max, the end of a bucket, may be off by up to the bucket. */
#define METRIC_BUCKET 1e-9

/* Facts of a metric. */
#define METRIC_PLAIN 0
#define METRIC_LACKS_KERNEL 1   /* the metric `kernel` comes on top of it, and is shown beside it */
#define METRIC_REPEATS_SHARED 2 /* it counts memory that processes share once for each process */
#define METRIC_HAS_IDLE 4       /* the metric `idle` is what it is before the first task */
#define METRIC_KNOWS_SLEEP 8    /* of runs that sleep, where a recording has none of the metric's own work */
#define METRIC_IS_LEVEL 16      /* no sum over the tasks: models differ by the value itself, not by what a task adds */

/* METRIC(upper, "name", "description, to go on after `the`", "noun for titles", unit, resolution, facts, work, value of
   a sample, reduction, phase). A metric is of the runs of one kind of work: of all others it is unknown. --metric can
   name those before idle, the measured baseline. The reductions see samples with a known value only; run.c has them:

       LARGEST         of all samples of the run
       MEDIAN, LAST    of the samples of that phase
       AGE             the median of those of that phase, less the least
       SINCE_IDLE      the last of that phase less the last of phase idle
       SINCE_HOLD      the last of that phase less the last of phase hold
       A_MESSAGE       the same for each message that the last one tells of
       LATE_P50, ...   a quantile of the buckets of that phase */
#define METRICS(METRIC)                                                                                                \
    METRIC(PEAK, "peak", "peak resident memory", "memory", BYTES, METRIC_PAGE,                                         \
           METRIC_LACKS_KERNEL | METRIC_REPEATS_SHARED | METRIC_HAS_IDLE, SLEEP,                                       \
           metric_value(sample->peak_rss_bytes, 1), LARGEST, SAMPLE_END)                                               \
    METRIC(RSS, "rss", "resident memory while all tasks sleep", "memory", BYTES, METRIC_PAGE,                          \
           METRIC_LACKS_KERNEL | METRIC_REPEATS_SHARED | METRIC_HAS_IDLE, SLEEP, metric_value(sample->rss_bytes, 1),   \
           MEDIAN, SAMPLE_HOLD)                                                                                        \
    METRIC(PSS, "pss", "proportional set size while all tasks sleep", "memory", BYTES, METRIC_PAGE,                    \
           METRIC_LACKS_KERNEL, SLEEP, metric_value(sample->pss_bytes, 1), MEDIAN, SAMPLE_HOLD)                        \
    METRIC(USS, "uss", "private memory while all tasks sleep", "memory", BYTES, METRIC_PAGE, METRIC_LACKS_KERNEL,      \
           SLEEP, metric_value(sample->uss_bytes, 1), MEDIAN, SAMPLE_HOLD)                                             \
    METRIC(PAGE_TABLES, "page-tables", "page tables while all tasks sleep", "memory", BYTES, METRIC_PAGE,              \
           METRIC_PLAIN, SLEEP, metric_value(sample->page_table_bytes, 1), MEDIAN, SAMPLE_HOLD)                        \
    METRIC(KERNEL, "kernel", "kernel memory while all tasks sleep", "memory", BYTES, METRIC_PAGE, METRIC_PLAIN, SLEEP, \
           metric_value(sample->kernel_bytes, 1), MEDIAN, SAMPLE_HOLD)                                                 \
    METRIC(CHARGED, "charged", "charged memory while all tasks sleep", "memory", BYTES, METRIC_PAGE, METRIC_PLAIN,     \
           SLEEP, metric_value(sample->charged_bytes, 1), MEDIAN, SAMPLE_HOLD)                                         \
    METRIC(SPAWN_CPU, "spawn-cpu", "processor time until all tasks have started", "time", SECONDS, METRIC_NANOSECOND,  \
           METRIC_PLAIN, TIME, metric_value(sample->cpu_ns, 1e-9), SINCE_IDLE, SAMPLE_HOLD)                            \
    METRIC(END_CPU, "end-cpu", "processor time while the tasks wake and end", "time", SECONDS, METRIC_NANOSECOND,      \
           METRIC_PLAIN, TIME, metric_value(sample->cpu_ns, 1e-9), SINCE_HOLD, SAMPLE_DRAIN)                           \
    METRIC(CPU, "cpu", "processor time of the run", "time", SECONDS, METRIC_CLOCK, METRIC_KNOWS_SLEEP, TIME,           \
           metric_cpu(sample), LARGEST, SAMPLE_END)                                                                    \
    METRIC(SPAWN_TIME, "spawn-time", "time until all tasks have started", "time", SECONDS, METRIC_MICROSECOND,         \
           METRIC_PLAIN, TIME, metric_value(sample->time_us, 1e-6), LAST, SAMPLE_HOLD)                                 \
    METRIC(TOTAL_TIME, "total-time", "time until all tasks have ended, less their sleep", "time", SECONDS,             \
           METRIC_MICROSECOND, METRIC_PLAIN, TIME, metric_awake(sample), SINCE_HOLD, SAMPLE_DRAIN)                     \
    METRIC(SWITCHES, "switches", "context switches of the run", "switches", COUNT, METRIC_EVENT, METRIC_KNOWS_SLEEP,   \
           TIME, metric_value(sample->voluntary_switches, 1) + metric_value(sample->involuntary_switches, 1), LAST,    \
           SAMPLE_END)                                                                                                 \
    METRIC(FAULTS, "faults", "page faults of the run", "page faults", COUNT, METRIC_EVENT, METRIC_KNOWS_SLEEP, TIME,   \
           metric_value(sample->minor_faults, 1) + metric_value(sample->major_faults, 1), LAST, SAMPLE_END)            \
    METRIC(LATE_P50, "late-p50", "lateness of half of the wake-ups", "lateness", SECONDS, METRIC_BUCKET,               \
           METRIC_IS_LEVEL, BEAT, metric_value(sample->value_ns, 1), LATE_P50, SAMPLE_LATE)                            \
    METRIC(LATE_P90, "late-p90", "lateness of 90 % of the wake-ups", "lateness", SECONDS, METRIC_BUCKET,               \
           METRIC_IS_LEVEL, BEAT, metric_value(sample->value_ns, 1), LATE_P90, SAMPLE_LATE)                            \
    METRIC(LATE_P99, "late-p99", "lateness of 99 % of the wake-ups", "lateness", SECONDS, METRIC_BUCKET,               \
           METRIC_IS_LEVEL, BEAT, metric_value(sample->value_ns, 1), LATE_P99, SAMPLE_LATE)                            \
    METRIC(LATE_MAX, "late-max", "lateness of the latest wake-up", "lateness", SECONDS, METRIC_BUCKET,                 \
           METRIC_IS_LEVEL, BEAT, metric_value(sample->value_ns, 1), LATE_MAX, SAMPLE_LATE)                            \
    METRIC(MESSAGE_CPU, "message-cpu", "processor time of a message", "time", SECONDS, METRIC_MESSAGE,                 \
           METRIC_IS_LEVEL, PASS, metric_value(sample->cpu_ns, 1e-9), A_MESSAGE, SAMPLE_PASS)                          \
    METRIC(MESSAGE_TIME, "message-time", "time of a message", "time", SECONDS, METRIC_MESSAGE, METRIC_IS_LEVEL, PASS,  \
           metric_value(sample->time_us, 1e-6), A_MESSAGE, SAMPLE_PASS)                                                \
    METRIC(IDLE, "idle", "resident memory before the first task", "memory", BYTES, METRIC_PAGE, METRIC_PLAIN, SLEEP,   \
           metric_value(sample->rss_bytes, 1), MEDIAN, SAMPLE_IDLE)                                                    \
    METRIC(KERNEL_STACK, "kernel-stack", "kernel stacks while all tasks sleep", "memory", BYTES, METRIC_PAGE,          \
           METRIC_PLAIN, SLEEP, metric_value(sample->kernel_stack_bytes, 1), MEDIAN, SAMPLE_HOLD)                      \
    METRIC(AWAKE_CPU, "awake-cpu", "processor time until all tasks have ended", "time", SECONDS, METRIC_NANOSECOND,    \
           METRIC_PLAIN, TIME, metric_value(sample->cpu_ns, 1e-9), SINCE_IDLE, SAMPLE_DRAIN)                           \
    METRIC(AGE, "age", "time for which all tasks have slept when they are weighed", "time", SECONDS,                   \
           METRIC_MICROSECOND, METRIC_PLAIN, SLEEP, metric_value(sample->time_us, 1e-6), AGE, SAMPLE_HOLD)

/* SPAN(upper of a wall time, upper of the processor time of the same span): another program that takes the processor
   lengthens the one, not the other. */
#define METRIC_SPANS(SPAN)                                                                                             \
    SPAN(SPAWN_TIME, SPAWN_CPU)                                                                                        \
    SPAN(TOTAL_TIME, AWAKE_CPU)                                                                                        \
    SPAN(MESSAGE_TIME, MESSAGE_CPU)

#define METRIC_ENUMERATOR(upper, ...) METRIC_##upper,
enum metric { METRICS(METRIC_ENUMERATOR) METRIC_COUNT };
#undef METRIC_ENUMERATOR

/* How many --metric can name: those before idle. */
#define METRIC_CHOICES METRIC_IDLE

/* How a metric's values are shown. */
struct metric_facts {
    const char *description; /* to go on after "the" */
    const char *noun;        /* for titles: "memory", "time" */
    enum unit unit;
    double resolution;   /* METRIC_PAGE, METRIC_CLOCK, or in the unit */
    enum work_kind work; /* that its runs do */
    bool lacks_kernel, repeats_shared, has_idle, knows_sleep, is_level;
};

extern const char *const metric_names[METRIC_COUNT];
extern const struct metric_facts metrics[METRIC_COUNT];

/* A column of a sample times `factor`, which converts it to the metric's unit; NaN where it is unknown. */
static inline double metric_value(int64_t number, double factor)
{
    return number == SAMPLE_UNKNOWN ? (double)NAN : (double)number * factor;
}

/* Processor time so far in seconds: by the clock, or in ticks where that was not read. */
static inline double metric_cpu(const struct sample *sample)
{
    return sample->cpu_ns != SAMPLE_UNKNOWN
               ? metric_value(sample->cpu_ns, 1e-9)
               : metric_value(sample->user_us, 1e-6) + metric_value(sample->system_us, 1e-6);
}

/* In seconds: how long each task sleeps, which the row of hold tells, and the time in any other. */
static inline double metric_awake(const struct sample *sample)
{
    return sample->phase == SAMPLE_HOLD ? metric_value(sample->value_ns, 1e-9) : metric_value(sample->time_us, 1e-6);
}

/* What values of a run of that work are rounded to, in the metric's unit. */
double metric_resolution(enum metric metric, enum work_kind work, double page_bytes);

/* Whether the metric is a wall time; then also the processor time of the same span. */
bool metric_is_wall(enum metric metric, enum metric *processor);

/* A wall time of which less was processor time was spent waiting, or beside other programs. */
#define METRIC_LEAST_CPU_SHARE 0.95

/* Whether the metric is a wall time that proves nothing, for its share of processor time is less or unknown. */
bool metric_is_disturbed(enum metric metric, double cpu_share);

/* "peak" -> METRIC_PEAK. Any name before idle's; otherwise -1 and an error that lists the names. */
int metric_parse(const char *name, enum metric *metric, struct error *error);

#endif
