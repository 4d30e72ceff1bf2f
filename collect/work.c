/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/work.h"

#include "collect/quantity.h"
#include "collect/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NANOSECONDS 1000000000

/* Ten probes every 10 ms wake 1,000 times a second. */
#define DEFAULT_BEAT "10:10ms"
#define DEFAULT_PASS "2:200k"

#define MOST_ACTORS 1000000
#define MOST_PERIOD_SECONDS 3600
#define MOST_MESSAGES 1000000000000

#define WORK_NAME(upper, name, form) #name,
const char *const work_names[WORK_KINDS] = {WORKS(WORK_NAME)};

#define WORK_FORM(upper, name, form) form,
static const char *const forms[WORK_KINDS] = {WORKS(WORK_FORM)};

/* --- reading ------------------------------------------------------------------------------------------------------ */

static int parse_count(const char *what, const char *text, int64_t least, int64_t most, int64_t *count,
                       struct error *error)
{
    struct error refusal;

    if (quantity_parse_count(text, count, &refusal) != 0)
        return error_set(error, "%s: %s", what, refusal.text);
    if (*count < least || *count > most)
        return error_set(error, "%s: '%s' is not from %" PRId64 " to %" PRId64, what, text, least, most);
    return 0;
}

static int parse_period(const char *text, int64_t *nanoseconds, struct error *error)
{
    struct timespec resolution;
    struct error refusal;
    double seconds = 0, least;

    clock_getres(CLOCK_MONOTONIC, &resolution);
    least = (double)resolution.tv_sec + 1e-9 * (double)resolution.tv_nsec;
    if (quantity_parse_duration(text, &seconds, &refusal) != 0)
        return error_set(error, "PERIOD: %s", refusal.text);
    if (seconds < least || seconds > MOST_PERIOD_SECONDS)
        return error_set(error, "PERIOD: '%s' is not from this machine's clock resolution, %g s, to %d s", text, least,
                         MOST_PERIOD_SECONDS);
    *nanoseconds = llround(seconds * NANOSECONDS);
    return 0;
}

/* The two numbers behind the kind. */
static int parse_numbers(char *numbers, struct work *work, struct error *error)
{
    char *second = strchr(numbers, ':');

    if (!second)
        return error_set(error, "a number is missing");
    *second++ = '\0';
    if (work->kind == WORK_BEAT)
        return parse_count("PROBES", numbers, 1, MOST_ACTORS, &work->actors, error) == 0
                   ? parse_period(second, &work->period_nanoseconds, error)
                   : -1;
    return parse_count("RING", numbers, 2, MOST_ACTORS, &work->actors, error) == 0
               ? parse_count("MESSAGES", second, 1, MOST_MESSAGES, &work->messages, error)
               : -1;
}

static int refuse(const char *text, struct error *error)
{
    char list[256] = "";
    size_t length = 0;

    for (int kind = 0; kind < WORK_KINDS; kind++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s",
                                   text_separator((size_t)kind, WORK_KINDS, " or "), forms[kind]);
    return error_set(error, "'%.80s' is not a work (write %s)", text, list);
}

bool work_kind_of(const char *text, enum work_kind *kind)
{
    size_t length = strcspn(text, ":");

    if (!*text) {
        *kind = WORK_SLEEP;
        return true;
    }
    for (int known = 0; known < WORK_KINDS; known++)
        if (strlen(work_names[known]) == length && strncmp(text, work_names[known], length) == 0) {
            *kind = (enum work_kind)known;
            return true;
        }
    return false;
}

static const char *default_numbers(enum work_kind kind)
{
    return kind == WORK_BEAT ? DEFAULT_BEAT : DEFAULT_PASS;
}

int work_parse(const char *text, struct work *work, struct error *error)
{
    struct work read = {WORK_SLEEP, 0, 0, 0};
    const char *colon = strchr(text, ':');
    char numbers[WORK_TEXT_SIZE];
    struct error refusal;

    if (!*text || strlen(text) >= sizeof numbers || !work_kind_of(text, &read.kind) ||
        (colon && !work_has_actors(read.kind)))
        return refuse(text, error);
    if (work_has_actors(read.kind)) {
        snprintf(numbers, sizeof numbers, "%s", colon ? colon + 1 : default_numbers(read.kind));
        if (parse_numbers(numbers, &read, &refusal) != 0)
            return error_set(error, "'%s' is not %s: %s", text, forms[read.kind], refusal.text);
    }
    *work = read;
    return 0;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* In the largest step that makes it whole. */
static const char *format_period(char text[UNIT_TEXT_SIZE], int64_t nanoseconds)
{
    static const struct {
        int64_t nanoseconds;
        const char *text;
    } steps[] = {{NANOSECONDS, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    size_t i = 0;

    while (nanoseconds % steps[i].nanoseconds != 0)
        i++;
    snprintf(text, UNIT_TEXT_SIZE, "%" PRId64 "%s", nanoseconds / steps[i].nanoseconds, steps[i].text);
    return text;
}

const char *work_format(char text[WORK_TEXT_SIZE], const struct work *work)
{
    char period[UNIT_TEXT_SIZE];

    switch (work->kind) {
    case WORK_BEAT:
        snprintf(text, WORK_TEXT_SIZE, "beat:%" PRId64 ":%s", work->actors,
                 format_period(period, work->period_nanoseconds));
        break;
    case WORK_PASS:
        snprintf(text, WORK_TEXT_SIZE, "pass:%" PRId64 ":%" PRId64, work->actors, work->messages);
        break;
    default:
        snprintf(text, WORK_TEXT_SIZE, "%s", work->kind == WORK_SLEEP ? "" : work_names[work->kind]);
    }
    return text;
}

const char *work_argument(char text[WORK_TEXT_SIZE], const struct work *work)
{
    if (work->kind == WORK_BEAT)
        snprintf(text, WORK_TEXT_SIZE, "beat:%" PRId64 ":%" PRId64 ".%09" PRId64, work->actors,
                 work->period_nanoseconds / NANOSECONDS, work->period_nanoseconds % NANOSECONDS);
    else if (work->kind == WORK_PASS)
        work_format(text, work);
    else
        *text = '\0';
    return text;
}

bool work_equals(const struct work *a, const struct work *b)
{
    return a->kind == b->kind && a->actors == b->actors && a->period_nanoseconds == b->period_nanoseconds &&
           a->messages == b->messages;
}

bool work_has_actors(enum work_kind kind)
{
    return kind == WORK_BEAT || kind == WORK_PASS;
}
