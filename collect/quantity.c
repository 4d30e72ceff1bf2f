/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers with a suffix that is a step of their unit. */
#include "collect/quantity.h"

#include "collect/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The step with that suffix; NULL if there is none. */
static const struct unit_step *find_step(const char *text, enum unit unit)
{
    size_t count;
    const struct unit_step *step = unit_steps(unit, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(text, step[i].text) == 0 || (step[i].typed && strcmp(text, step[i].typed) == 0))
            return &step[i];
    return NULL;
}

/* Decimals of a number: .25 is 25 of 100. */
struct fraction {
    int64_t part, of;
};

#define MOST 0x1p62        /* bytes must fit an int64_t */
#define MOST_PARTS 1000000 /* this times the largest factor fits an int64_t */

/* Reads the decimals at *text, if any, and advances *text past them. */
static struct fraction parse_fraction(char **text)
{
    struct fraction fraction = {0, 1};

    if (**text != '.' || !isdigit((unsigned char)(*text)[1]))
        return fraction;
    for (++*text; isdigit((unsigned char)**text) && fraction.of < MOST_PARTS; ++*text)
        fraction = (struct fraction){10 * fraction.part + (**text - '0'), 10 * fraction.of};
    return fraction;
}

int quantity_parse_count(const char *text, int64_t *count, struct error *error)
{
    struct fraction fraction = {0, 1};
    long long whole = 0;
    char *end = NULL;
    const struct unit_step *step;
    int64_t factor;

    errno = 0;
    if (isdigit((unsigned char)*text)) {
        whole = strtoll(text, &end, 10);
        fraction = parse_fraction(&end);
    }
    if (whole < 1 && fraction.part == 0)
        return error_set(error, "'%s' is not a count (write a whole number of at least 1, such as 500, 10k or 1M)",
                         text);
    step = find_step(end, UNIT_COUNT);
    factor = step ? (int64_t)step->factor : 0;
    if (!factor || fraction.part * factor % fraction.of != 0)
        return error_set(error, "'%s' is not a count (write a whole number with no suffix or k, M, G, T)", text);
    if (errno == ERANGE || whole > (INT64_MAX - fraction.part * factor / fraction.of) / factor)
        return error_set(error, "'%s' is too large a count (9.2e18 is the most)", text);
    *count = whole * factor + fraction.part * factor / fraction.of;
    return 0;
}

/* "B, KiB or MiB" */
static const char *list_steps(char *text, size_t size, enum unit unit)
{
    size_t count, length = 0;
    const struct unit_step *step = unit_steps(unit, &count);

    for (size_t i = 0; i < count && length < size; i++)
        length +=
            (size_t)snprintf(text + length, size - length, "%s%s", text_separator(i, count, " or "), step[i].text);
    return text;
}

static int refuse(const char *text, enum unit unit, struct error *error)
{
    char steps[128];

    if (!unit_is_named(unit))
        return error_set(error, "'%s' is not a number of at least 0", text);
    return error_set(error, "'%s' is not a number of %s (write one with %s behind it)", text, unit_names[unit],
                     list_steps(steps, sizeof steps, unit));
}

int quantity_parse(const char *text, enum unit unit, double *value, struct error *error)
{
    const struct unit_step *step;
    double number;
    char *end;

    /* strtod would also take hex, inf and nan: a quantity starts with a digit and has no x. */
    if (!isdigit((unsigned char)*text) || strpbrk(text, "xX"))
        return refuse(text, unit, error);
    number = strtod(text, &end);
    step = *end ? find_step(end, unit) : unit_step_of(unit, 1);
    if (!step)
        return refuse(text, unit, error);
    if (!(number * step->factor < MOST))
        return error_set(error, "'%s' is too large", text);
    *value = number * step->factor;
    return 0;
}

int quantity_parse_bytes(const char *text, int64_t *bytes, struct error *error)
{
    double value = 0;

    if (quantity_parse(text, UNIT_BYTES, &value, error) != 0)
        return -1;
    *bytes = (int64_t)llround(value);
    return 0;
}

int quantity_parse_share(const char *text, double *share, struct error *error)
{
    char *end;
    double percent = strtod(text, &end);

    if (end == text || strcmp(*end == '%' ? end + 1 : end, "") != 0 || !(percent >= 0 && percent < 1e6))
        return error_set(error, "'%s' is not a share (write a percentage of at least 0, such as 5%%)", text);
    *share = percent / 100;
    return 0;
}

int quantity_parse_duration(const char *text, double *seconds, struct error *error)
{
    static const struct unit_step steps[] = {{"min", NULL, 60}, {"h", NULL, 3600}};
    char number[32];

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        size_t length = strlen(text), ending = strlen(steps[i].text);

        if (length <= ending || length - ending >= sizeof number || strcmp(text + length - ending, steps[i].text) != 0)
            continue;
        snprintf(number, sizeof number, "%.*s", (int)(length - ending), text);
        if (isalpha((unsigned char)number[length - ending - 1]) || quantity_parse(number, UNIT_SECONDS, seconds, error))
            break;
        *seconds *= steps[i].factor;
        return 0;
    }
    if (quantity_parse(text, UNIT_SECONDS, seconds, error) == 0)
        return 0;
    return error_set(error, "'%s' is not a time (write one such as 90s, 10min or 2h)", text);
}
