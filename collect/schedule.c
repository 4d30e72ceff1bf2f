/* SPDX-License-Identifier: GPL-3.0-or-later */
/*      the plan, or its equal runs ─▶ at the counts that failed models reached ─▶ where intervals are still too wide */
#include "collect/schedule.h"

#include "collect/array.h"
#include "collect/precision.h"
#include "collect/unit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/param.h>

#define MOST_IN_VAIN PRECISION_LEAST_VALUES /* runs of a cell that gave no value: more would not either */
#define MOST_TOLD 3                         /* cells that are named in a line */

/* --- what is known of the cells ----------------------------------------------------------------------------------- */

static struct schedule_cell *find(const struct schedule *schedule, const struct planned_run *run)
{
    for (size_t i = 0; i < schedule->cells; i++)
        if (plan_is_same_cell(&schedule->cell[i].run, run))
            return &schedule->cell[i];
    return NULL;
}

/* Adds the run's cell unless it is there. Returns false if memory runs out. */
static bool add_cell(struct schedule *schedule, const struct planned_run *run, bool is_retry)
{
    struct schedule_cell *cell;
    gsl_rstat_workspace *value;

    if (find(schedule, run))
        return true;
    cell = array_grow(schedule->cell, schedule->cells, sizeof *cell);
    if (!cell)
        return false;
    schedule->cell = cell;
    value = gsl_rstat_alloc();
    if (!value)
        return false;
    schedule->cell[schedule->cells++] =
        (struct schedule_cell){.run = *run, .value = value, .started = SAMPLE_UNKNOWN, .is_retry = is_retry};
    return true;
}

/* A run that failed later than all tasks had started, or without a word of how many had, tells of no limit. */
static int64_t started_by(const struct sample *end)
{
    bool tells = end->status == SAMPLE_FAILED && end->alive > 0 && end->alive < end->tasks;

    return tells ? end->alive : SAMPLE_UNKNOWN;
}

/* What of a run is to be known precisely. The quantiles of beats have intervals of their own, which are not looked at
   before the sweep is over. */
static int64_t value_of(const struct sample *end, enum work_kind kind)
{
    switch (kind) {
    case WORK_SLEEP:
        return end->peak_rss_bytes;
    case WORK_TIME:
    case WORK_PASS:
        return end->cpu_ns;
    default:
        return SAMPLE_UNKNOWN;
    }
}

void schedule_note(struct schedule *schedule, const struct sample *end)
{
    struct schedule_cell *cell = find(schedule, &schedule->run[schedule->done++]);
    int64_t started = started_by(end), value = value_of(end, cell->run.work.kind);

    cell->ok += end->status == SAMPLE_OK;
    cell->not_ok += end->status != SAMPLE_OK;
    if (end->status == SAMPLE_OK && value != SAMPLE_UNKNOWN)
        gsl_rstat_add((double)value, cell->value);
    if (end->time_us > 0)
        cell->seconds += (double)end->time_us * 1e-6;
    if (started != SAMPLE_UNKNOWN)
        cell->started = cell->started == SAMPLE_UNKNOWN ? started : MIN(cell->started, started);
}

/* --- runs to be made ---------------------------------------------------------------------------------------------- */

static int out_of_memory(const struct schedule *schedule, struct error *error)
{
    return error_set(error, "out of memory for a plan of more than %zu runs", schedule->runs);
}

static int add_run(struct schedule *schedule, const struct planned_run *run, struct error *error)
{
    struct planned_run *grown = array_grow(schedule->run, schedule->runs, sizeof *grown);

    if (!grown)
        return out_of_memory(schedule, error);
    schedule->run = grown;
    schedule->run[schedule->runs++] = *run;
    return 0;
}

/* Where a repetition begins in a plan, which has them in order: by halves. */
static size_t find_repetition(const struct plan *plan, int64_t number)
{
    size_t low = 0, high = plan->runs;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (plan->run[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds those runs of the plan from the repetition `first` to the repetition `last` for which `wants` holds. */
static int add_runs(struct schedule *schedule, const struct plan *plan, int64_t first, int64_t last,
                    bool (*wants)(const struct schedule *, const struct planned_run *, double), double width,
                    struct error *error)
{
    for (size_t i = find_repetition(plan, first); i < plan->runs && plan->run[i].number <= last; i++)
        if (wants(schedule, &plan->run[i], width) && add_run(schedule, &plan->run[i], error) != 0)
            return -1;
    return 0;
}

static bool add_cells(struct schedule *schedule, const struct plan *plan, bool are_retries)
{
    for (size_t i = 0; i < plan->runs; i++)
        if (!add_cell(schedule, &plan->run[i], are_retries))
            return false;
    return true;
}

static bool wants_any(const struct schedule *schedule, const struct planned_run *run, double width)
{
    (void)schedule;
    (void)run;
    (void)width;
    return true;
}

int schedule_new(struct schedule *schedule, const struct plan *plan, const struct setup *setup, struct error *error)
{
    *schedule = (struct schedule){.plan = plan, .setup = setup, .repetition = setup_equal_runs(setup)};
    if (!add_cells(schedule, plan, false))
        return out_of_memory(schedule, error);
    return add_runs(schedule, plan, 1, schedule->repetition, wants_any, 0, error);
}

/* --- models that failed, at what they reached --------------------------------------------------------------------- */

/* The largest of 1, 2, 3 and 5 times a power of ten up to `most`, which is at least 1. */
static int64_t round_count(int64_t most)
{
    static const int64_t steps[] = {5, 3, 2, 1};
    int64_t power = 1;
    size_t i = 0;

    while (power <= most / 10)
        power *= 10;
    while (steps[i] * power > most)
        i++;
    return steps[i] * power;
}

/* Whether the cell is of that run's model and work. */
static bool is_of(const struct schedule_cell *cell, const struct planned_run *run)
{
    return cell->run.model == run->model && work_equals(&cell->run.work, &run->work);
}

/* The fewest tasks that one of the failed runs of that model and work has started; SAMPLE_UNKNOWN if none told. */
static int64_t least_started(const struct schedule *schedule, const struct planned_run *run)
{
    int64_t least = SAMPLE_UNKNOWN;

    for (size_t i = 0; i < schedule->cells; i++) {
        const struct schedule_cell *cell = &schedule->cell[i];

        if (is_of(cell, run) && cell->started != SAMPLE_UNKNOWN)
            least = least == SAMPLE_UNKNOWN ? cell->started : MIN(least, cell->started);
    }
    return least;
}

/* The count at which to try the model at that work (once more); 0: none. */
static int64_t retry_count(const struct schedule *schedule, const struct planned_run *run)
{
    struct planned_run retry = *run;
    int64_t most = least_started(schedule, run), largest_ok = 0;

    if (most == SAMPLE_UNKNOWN)
        return 0;
    for (size_t i = 0; i < schedule->cells; i++) {
        const struct schedule_cell *cell = &schedule->cell[i];

        if (is_of(cell, run) && cell->ok > 0)
            largest_ok = MAX(largest_ok, cell->run.tasks);
        else if (is_of(cell, run) && cell->is_retry && cell->not_ok > 0)
            most = MIN(most, cell->run.tasks - 1);
    }
    if (most <= largest_ok)
        return 0;
    retry.tasks = round_count(most);
    return retry.tasks > largest_ok && !find(schedule, &retry) ? retry.tasks : 0;
}

/* The counts at which to try the models that failed, of each model and work one. Returns how many. */
static size_t find_retries(const struct schedule *schedule, struct planned_run *retry)
{
    size_t count = 0;

    for (size_t i = 0; i < schedule->cells; i++) {
        const struct planned_run *run = &schedule->cell[i].run;
        bool is_first = true;

        for (size_t before = 0; before < i && is_first; before++)
            is_first = !is_of(&schedule->cell[before], run);
        retry[count] = *run;
        retry[count].tasks = is_first ? retry_count(schedule, run) : 0;
        count += retry[count].tasks > 0;
    }
    return count;
}

/* Each shard makes every shards-th repetition: numbered as in the plan, so that no two shards make the same one. */
static bool wants_of_shard(const struct schedule *schedule, const struct planned_run *run, double width)
{
    (void)width;
    return (run->number - schedule->setup->shard) % schedule->setup->shards == 0;
}

static int add_retries(struct schedule *schedule, struct error *error)
{
    struct planned_run *retry = calloc(schedule->cells + 1, sizeof *retry);
    struct plan *plan = &schedule->retry[schedule->retries++];
    int result = 0;
    size_t count;

    if (!retry)
        return out_of_memory(schedule, error);
    schedule->retries_begin = schedule->retries_end = schedule->runs;
    count = find_retries(schedule, retry);
    if (count > 0)
        result = plan_new(plan, retry, count, schedule->setup->runs, schedule->setup->seed, error);
    free(retry);
    if (result == 0 && !add_cells(schedule, plan, true))
        result = out_of_memory(schedule, error);
    if (result == 0)
        result = add_runs(schedule, plan, 1, schedule->repetition, wants_of_shard, 0, error);
    schedule->retries_end = schedule->runs;
    return result;
}

bool schedule_tells_of_retries(const struct schedule *schedule, char **text)
{
    size_t begin = schedule->retries_begin, end = schedule->retries_end, length;
    FILE *stream;

    if (schedule->done < begin || schedule->done >= end)
        return false;
    stream = open_memstream(text, &length);
    if (!stream)
        return false;
    fprintf(stream, "%zu more %s at what failed models reached:", end - begin, end - begin == 1 ? "run" : "runs");
    for (size_t i = begin; i < end && schedule->run[i].number == schedule->run[begin].number; i++) {
        const struct planned_run *run = &schedule->run[i];
        char cell[PLAN_TEXT_SIZE];

        fprintf(stream, "%s %s (%" PRId64 " were started)", i > begin ? "," : "", plan_tell_cell(cell, run),
                least_started(schedule, run));
    }
    return fclose(stream) == 0;
}

/* --- what is still too wide --------------------------------------------------------------------------------------- */

static bool is_precise(const struct schedule *schedule, const struct schedule_cell *cell)
{
    double share = schedule->setup->until_share;

    return share > 0 && precision_is_reached(cell->value, share);
}

/* Whether more runs may make the cell more precise. */
static bool is_open(const struct schedule *schedule, const struct schedule_cell *cell)
{
    size_t in_vain = cell->ok + cell->not_ok - gsl_rstat_n(cell->value);

    return in_vain < MOST_IN_VAIN && !is_precise(schedule, cell);
}

/* A cell that gave nothing but runs in vain is not wide: its failures are told of. */
static bool is_wide(const struct schedule *schedule, const struct schedule_cell *cell)
{
    return !is_precise(schedule, cell) && (is_open(schedule, cell) || gsl_rstat_n(cell->value) > 0);
}

struct schedule_wide schedule_find_wide(const struct schedule *schedule)
{
    struct schedule_wide found = {.cells = schedule->cells};
    double widest = -1;

    for (size_t i = 0; i < schedule->cells; i++) {
        const struct schedule_cell *cell = &schedule->cell[i];
        double width = is_wide(schedule, cell) ? precision_width(cell->value) : -1;

        found.wide += width >= 0;
        if (width > widest) {
            widest = width;
            found.widest = cell;
        }
    }
    return found;
}

static int by_width(const void *one, const void *other)
{
    double a = precision_width((*(const struct schedule_cell *const *)one)->value);
    double b = precision_width((*(const struct schedule_cell *const *)other)->value);

    return (a < b) - (a > b);
}

static void write_wide(const struct schedule *schedule, const struct schedule_cell **wide, size_t count, FILE *stream)
{
    char text[UNIT_TEXT_SIZE], cell[PLAN_TEXT_SIZE];

    fprintf(stream, "%zu of %zu cells %s not within %s:", count, schedule->cells, count == 1 ? "is" : "are",
            precision_format(text, schedule->setup->until_share));
    for (size_t i = 0; i < count && i < MOST_TOLD; i++) {
        size_t runs = gsl_rstat_n(wide[i]->value);

        fprintf(stream, "%s %s (%s after %zu %s)", i > 0 ? "," : "", plan_tell_cell(cell, &wide[i]->run),
                precision_format(text, precision_width(wide[i]->value)), runs, runs == 1 ? "run" : "runs");
    }
    if (count > MOST_TOLD)
        fprintf(stream, " and %zu more", count - MOST_TOLD);
}

char *schedule_tell_wide(const struct schedule *schedule)
{
    const struct schedule_cell **wide = calloc(schedule->cells + 1, sizeof *wide);
    size_t count = 0, length;
    char *text = NULL;
    FILE *stream;

    for (size_t i = 0; wide && i < schedule->cells; i++)
        if (is_wide(schedule, &schedule->cell[i]))
            wide[count++] = &schedule->cell[i];
    stream = count > 0 ? open_memstream(&text, &length) : NULL;
    if (stream) {
        qsort(wide, count, sizeof *wide, by_width);
        write_wide(schedule, wide, count, stream);
        fclose(stream);
    }
    free(wide);
    return text;
}

size_t schedule_count_scarce(const struct schedule *schedule)
{
    size_t count = 0;

    for (size_t i = 0; i < schedule->cells; i++)
        count += schedule->cell[i].ok + schedule->cell[i].not_ok < 2;
    return count;
}

/* --- what comes next ---------------------------------------------------------------------------------------------- */

/* The width from which cells are run in the next repetition; 0: all that are open. */
static double least_width(const struct schedule *schedule, double *width)
{
    size_t count = 0;

    if (!(schedule->setup->for_seconds > 0))
        return 0;
    for (size_t i = 0; i < schedule->cells; i++)
        if (is_open(schedule, &schedule->cell[i]))
            width[count++] = precision_width(schedule->cell[i].value);
    return count > 0 ? precision_wider_half(width, count) : 0;
}

static bool wants_wide(const struct schedule *schedule, const struct planned_run *run, double width)
{
    const struct schedule_cell *cell = find(schedule, run);

    return is_open(schedule, cell) && precision_width(cell->value) >= width;
}

/* The next repetition, of the plan and behind it of the counts that failed models reached. */
static int add_repetition(struct schedule *schedule, struct error *error)
{
    double *widths = calloc(schedule->cells + 1, sizeof *widths), width;
    int64_t number = ++schedule->repetition;
    int result;

    if (!widths)
        return out_of_memory(schedule, error);
    width = least_width(schedule, widths);
    free(widths);
    result = add_runs(schedule, schedule->plan, number, number, wants_wide, width, error);
    for (size_t i = 0; i < SCHEDULE_MOST_RETRIES && result == 0; i++)
        result = add_runs(schedule, &schedule->retry[i], number, number, wants_wide, width, error);
    return result;
}

int schedule_next(struct schedule *schedule, const struct planned_run **run, struct error *error)
{
    int result = 0;

    while (schedule->done == schedule->runs && result == 0) {
        if (schedule->retries < SCHEDULE_MOST_RETRIES)
            result = add_retries(schedule, error);
        else if (schedule->repetition < schedule->setup->runs)
            result = add_repetition(schedule, error);
        else
            break;
    }
    *run = schedule->done < schedule->runs ? &schedule->run[schedule->done] : NULL;
    return result;
}

double schedule_runs_left(const struct schedule *schedule)
{
    const struct setup *setup = schedule->setup;
    double known = (double)(schedule->runs - schedule->done), needed = 0;

    if (!(setup->until_share > 0))
        return known;
    for (size_t i = 0; i < schedule->cells; i++) {
        const struct schedule_cell *cell = &schedule->cell[i];
        double made = (double)(cell->ok + cell->not_ok);
        double most = fmin((double)setup->runs, precision_values_needed(cell->value, setup->until_share));

        if (is_open(schedule, cell))
            needed += fmax(0, most - made);
    }
    return fmax(known, needed);
}

double schedule_seconds_of_next(const struct schedule *schedule)
{
    const struct schedule_cell *cell = find(schedule, &schedule->run[schedule->done]);
    size_t made = cell->ok + cell->not_ok;

    return made > 0 ? cell->seconds / (double)made : 0;
}

void schedule_free(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->cells; i++)
        gsl_rstat_free(schedule->cell[i].value);
    for (size_t i = 0; i < SCHEDULE_MOST_RETRIES; i++)
        plan_free(&schedule->retry[i]);
    free(schedule->run);
    free(schedule->cell);
    *schedule = (struct schedule){0};
}
