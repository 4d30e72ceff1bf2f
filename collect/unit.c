/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes values in the step of their unit that suits. */
#include "collect/unit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* Tolerance for rounding: a size just below a step counts as the step. */
#define TOLERANCE 1e-9

#define UNIT_NAME(upper, name) name,
const char *const unit_names[UNIT_LENGTH] = {UNITS(UNIT_NAME)};

/* SI's for counts and seconds, IEC 80000-13's for bytes. */
static const struct unit_step counts[] = {
    {"", NULL, 1}, {"k", NULL, 1e3}, {"M", NULL, 1e6}, {"G", NULL, 1e9}, {"T", NULL, 1e12}};
static const struct unit_step sizes[] = {{"B", NULL, 1},        {"KiB", NULL, 0x1p10}, {"MiB", NULL, 0x1p20},
                                         {"GiB", NULL, 0x1p30}, {"TiB", NULL, 0x1p40}, {"PiB", NULL, 0x1p50}};
static const struct unit_step times[] = {{"ns", NULL, 1e-9}, {"µs", "us", 1e-6}, {"ms", NULL, 1e-3}, {"s", NULL, 1}};
static const struct unit_step plain[] = {{"", NULL, 1}};

#define STEPS(array)                                                                                                   \
    {                                                                                                                  \
        array, sizeof(array) / sizeof *(array)                                                                         \
    }
static const struct {
    const struct unit_step *step;
    size_t count;
} steps[UNIT_LENGTH] = {
    [UNIT_COUNT] = STEPS(counts), [UNIT_BYTES] = STEPS(sizes),       [UNIT_SECONDS] = STEPS(times),
    [UNIT_RATIO] = STEPS(plain),  [UNIT_PROBABILITY] = STEPS(plain),
};

const struct unit_step *unit_steps(enum unit unit, size_t *count)
{
    *count = steps[unit].count;
    return steps[unit].step;
}

const struct unit_step *unit_step_of(enum unit unit, double size)
{
    const struct unit_step *step = steps[unit].step;
    size_t i = steps[unit].count - 1;

    while (i > 0 && size < step[i].factor * (1 - TOLERANCE))
        i--;
    return &step[i];
}

bool unit_is_named(enum unit unit)
{
    return *steps[unit].step->text != '\0';
}

/* The step in which three digits of the size are written. */
static const struct unit_step *step_to_write(enum unit unit, double size)
{
    const struct unit_step *step = steps[unit].step;
    size_t i = steps[unit].count - 1;

    if (size == 0) /* 0 is written as 0 s, not 0 ns */
        return unit_step_of(unit, 1);
    /* 1023.5 B and more would round to 1024 B: the next step is better. */
    while (i > 0 && size < step[i].factor - 0.5 * step[i - 1].factor)
        i--;
    return &step[i];
}

/* Decimals that give a number below 1024 three significant digits. */
static int decimals_for(double number)
{
    return number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;
}

const char *unit_format(char text[UNIT_TEXT_SIZE], enum unit unit, double value)
{
    const struct unit_step *step = step_to_write(unit, fabs(value));
    double number = value / step->factor, size = fabs(number);
    bool is_whole = size == 0 || (unit == UNIT_BYTES && step->factor == 1 && size == floor(size));
    int decimals = is_whole ? 0 : decimals_for(size);

    /* What is rounded to 0 has no sign. */
    if (*step->text && size * pow(10, decimals) < 0.5)
        number = 0;
    if (!*step->text)
        snprintf(text, UNIT_TEXT_SIZE, "%.3g", number);
    else
        snprintf(text, UNIT_TEXT_SIZE, "%.*f%s%s", decimals, number, unit_is_named(unit) ? " " : "", step->text);
    return text;
}

const char *unit_format_count(char text[UNIT_TEXT_SIZE], int64_t count)
{
    const struct unit_step *step = unit_step_of(UNIT_COUNT, (double)count);
    int64_t factor = (int64_t)step->factor;

    /* One decimal is written if it is exact: 2500000 is 2.5M, 12345 stays 12345. */
    if (count % factor == 0)
        snprintf(text, UNIT_TEXT_SIZE, "%" PRId64 "%s", count / factor, step->text);
    else if (count % (factor / 10) == 0)
        snprintf(text, UNIT_TEXT_SIZE, "%.1f%s", (double)count / (double)factor, step->text);
    else
        snprintf(text, UNIT_TEXT_SIZE, "%" PRId64, count);
    return text;
}
