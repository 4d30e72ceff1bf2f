/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/axis.h"

#include "collect/unit.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The part of its range that an axis shows beyond the values, at each end. */
#define ROOM 0.04

/* With more decades than this the ticks between them would be a grey strip. */
#define MAX_DIVIDED_DECADES 15

/* A log axis that would end within this factor of a decade extends to it, so that a label stands there. */
#define NEAR_DECADE 2

/* What a log axis with a place for 0 goes on by at its low end. */
#define ZERO_FACTOR 10

/* Rounding may put a tick at an end of the axis just outside of it. */
#define TOLERANCE 1e-9

/* --- decades ------------------------------------------------------------------------------------------------------ */

/* The k-th decade: 10^k, but for bytes 1, 10 and 100 of each step. */
static double decade(enum unit unit, int k)
{
    return unit == UNIT_BYTES && k >= 0 ? ldexp(pow(10, k % 3), 10 * (k / 3)) : pow(10, k);
}

/* The last decade below the axis or at its low end. */
static int first_decade(const struct axis *axis)
{
    int k = (int)floor(log10(axis->low)) - 2;

    while (decade(axis->unit, k + 1) <= axis->low * (1 + TOLERANCE))
        k++;
    return k;
}

/* How many decades there are from it to the axis' high end. */
static int count_decades(const struct axis *axis)
{
    int first = first_decade(axis), k = first;

    while (decade(axis->unit, k) <= axis->high * (1 + TOLERANCE))
        k++;
    return k - first;
}

/* --- scales ------------------------------------------------------------------------------------------------------- */

static struct axis linear_over(enum unit unit, double low, double high)
{
    double room = ROOM * (high - low);

    if (high == low)
        room = low != 0 ? fabs(low) / 2 : 1;
    return (struct axis){AXIS_LINEAR, unit, low >= 0 && low < room ? 0 : low - room, high + room};
}

static struct axis log_over(enum axis_scale scale, enum unit unit, double low, double high)
{
    double room = high > low ? pow(high / low, ROOM) : 3;
    struct axis axis = {AXIS_LOG, unit, low / room, high * room};
    double below = decade(unit, first_decade(&axis));
    double above = decade(unit, first_decade(&axis) + count_decades(&axis));

    if (axis.low < NEAR_DECADE * below)
        axis.low = below;
    if (axis.high * NEAR_DECADE > above)
        axis.high = above;
    if (scale == AXIS_LOG_ZERO)
        axis = (struct axis){scale, unit, axis.low / ZERO_FACTOR, axis.high};
    return axis;
}

static double symlog(double value)
{
    return asinh(value / AXIS_SYMLOG_LINEAR);
}

static struct axis symlog_over(enum unit unit, double low, double high)
{
    double room = ROOM * (symlog(high) - symlog(low));

    if (!(room > 0))
        room = 1;
    return (struct axis){AXIS_SYMLOG, unit, AXIS_SYMLOG_LINEAR * sinh(symlog(low) - room),
                         AXIS_SYMLOG_LINEAR * sinh(symlog(high) + room)};
}

struct axis axis_over(enum axis_scale scale, enum unit unit, double low, double high)
{
    double least = scale == AXIS_LINEAR || scale == AXIS_SYMLOG ? -1e300 : 1e-300;

    if (scale == AXIS_SYMLOG && low >= least && high <= 1e300 && low <= high)
        return symlog_over(unit, low, high);
    if (!(low >= least) || !(high <= 1e300) || low > high)
        return (struct axis){scale, unit, scale == AXIS_LINEAR ? 0 : 1, 10};
    return scale == AXIS_LINEAR ? linear_over(unit, low, high) : log_over(scale, unit, low, high);
}

double axis_fraction(const struct axis *axis, double value)
{
    if (axis->scale == AXIS_LINEAR)
        return (value - axis->low) / (axis->high - axis->low);
    if (axis->scale == AXIS_SYMLOG)
        return (symlog(value) - symlog(axis->low)) / (symlog(axis->high) - symlog(axis->low));
    if (axis->scale == AXIS_LOG_ZERO && value == 0)
        return ROOM;
    return value > 0 ? log(value / axis->low) / log(axis->high / axis->low) : -INFINITY;
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* The step of its unit in which a linear axis counts. */
static const struct unit_step *linear_step(const struct axis *axis)
{
    return unit_step_of(axis->unit, unit_is_named(axis->unit) ? fmax(fabs(axis->low), fabs(axis->high)) : 1);
}

const char *axis_unit_text(const struct axis *axis)
{
    return axis->scale == AXIS_LINEAR ? linear_step(axis)->text : "";
}

static struct axis_tick plain_tick(double value)
{
    return (struct axis_tick){value, ""};
}

/* A tick whose text names its own step. */
static struct axis_tick full_tick(enum unit unit, double value)
{
    struct axis_tick tick = plain_tick(value);
    const struct unit_step *step = unit_step_of(unit, fabs(value));
    char count[UNIT_TEXT_SIZE];

    if (unit_is_named(unit))
        snprintf(tick.text, sizeof tick.text, "%.6g %s", value / step->factor, step->text);
    else if (unit == UNIT_COUNT && value >= 1 && value < 1e18 && fabs(value - round(value)) < TOLERANCE * value)
        snprintf(tick.text, sizeof tick.text, "%.20s", unit_format_count(count, (int64_t)llround(value)));
    else
        snprintf(tick.text, sizeof tick.text, "%.6g", value);
    return tick;
}

/* --- linear ticks ------------------------------------------------------------------------------------------------- */

/* The n-th step of ... 0.5, 1, 2, 5, 10 ...; 1 is the 0th. */
static double nice_step(int n)
{
    static const double mantissa[] = {1, 2, 5};
    int power = (int)floor(n / 3.0);

    return mantissa[n - 3 * power] * pow(10, power);
}

/* The first multiple of the step within the range, and how many there are. */
struct multiples {
    double first, count;
};

static struct multiples multiples_within(double low, double high, double step)
{
    double slack = TOLERANCE * (high - low) / step;
    double first = ceil(low / step - slack), last = floor(high / step + slack);

    return (struct multiples){first, last - first + 1};
}

/* The smallest nice step that gives at most so many ticks, or the next one below if that gives fewer than two. */
static int choose_step(double low, double high, double labels)
{
    int n = 3 * (int)floor(log10((high - low) / labels));

    while (multiples_within(low, high, nice_step(n)).count > labels)
        n++;
    return multiples_within(low, high, nice_step(n)).count < 2 ? n - 1 : n;
}

static size_t linear_ticks(const struct axis *axis, size_t labels, struct axis_tick tick[AXIS_MAX_TICKS])
{
    double scale = linear_step(axis)->factor;
    double low = fmin(axis->low, axis->high) / scale, high = fmax(axis->low, axis->high) / scale;
    double step = nice_step(choose_step(low, high, (double)labels));
    int decimals = step < 1 ? (int)ceil(-log10(step) - TOLERANCE) : 0;
    struct multiples multiples = multiples_within(low, high, step);
    size_t count = 0;

    for (; count < AXIS_MAX_TICKS && (double)count < multiples.count; count++) {
        /* Adding 0 turns -0, which would be written with its sign, into 0. */
        double number = (multiples.first + (double)count) * step + 0.0;

        tick[count] = full_tick(axis->unit, number * scale);
        if (axis->unit != UNIT_COUNT)
            snprintf(tick[count].text, sizeof tick[count].text, fabs(number) < 1e7 ? "%.*f" : "%.*e",
                     number != 0 ? decimals : 0, number);
    }
    return count;
}

/* --- log ticks ---------------------------------------------------------------------------------------------------- */

/* Which ticks of a log axis carry a text: those at 1-2-5, or every so many decades, counted from 1 or shifted by some.
 */
struct rule {
    bool one_two_five;
    int stride, shift;
};

static bool rule_labels(const struct rule *rule, int k, int multiple)
{
    if (rule->one_two_five)
        return multiple == 1 || multiple == 2 || multiple == 5;
    return multiple == 1 && (k - rule->shift) % rule->stride == 0;
}

/* Within the axis, and no fraction of a task. */
static bool is_tick(const struct axis *axis, double value)
{
    double least = axis->low * (axis->scale == AXIS_LOG_ZERO ? ZERO_FACTOR : 1);
    bool within = value >= least * (1 - TOLERANCE) && value <= axis->high * (1 + TOLERANCE);

    return within && !(axis->unit == UNIT_COUNT && value < 1 && axis->high > 1);
}

/* Makes the ticks and returns how many; *labelled is how many carry a text. */
static size_t rule_ticks(const struct axis *axis, const struct rule *rule, struct axis_tick tick[AXIS_MAX_TICKS],
                         size_t *labelled)
{
    int first = first_decade(axis), decades = count_decades(axis);
    int multiples = decades > MAX_DIVIDED_DECADES ? 1 : 9;
    size_t count = 0;

    *labelled = axis->scale == AXIS_LOG_ZERO;
    if (axis->scale == AXIS_LOG_ZERO)
        tick[count++] = full_tick(axis->unit, 0);
    for (int k = first; k < first + decades; k++)
        for (int multiple = 1; multiple <= multiples && count < AXIS_MAX_TICKS; multiple++) {
            double value = multiple * decade(axis->unit, k);

            if (!is_tick(axis, value))
                continue;
            tick[count++] = rule_labels(rule, k, multiple) ? full_tick(axis->unit, value) : plain_tick(value);
            *labelled += rule_labels(rule, k, multiple);
        }
    return count;
}

/* Where an axis is too short for 1-2-5: evenly spaced values with full texts. */
static size_t even_ticks(const struct axis *axis, size_t labels, struct axis_tick tick[AXIS_MAX_TICKS])
{
    struct axis even = {AXIS_LINEAR, axis->unit, axis->low, axis->high};
    size_t count = linear_ticks(&even, labels, tick);

    for (size_t i = 0; i < count; i++)
        tick[i] = full_tick(axis->unit, tick[i].value);
    return count;
}

/* The rule with the most labels from two to the number wanted; where there is none, every decade or all at 1-2-5. */
static struct rule choose_rule(const struct axis *axis, size_t labels, struct axis_tick tick[AXIS_MAX_TICKS])
{
    struct rule dense = {true, 1, 0}, every = {false, 1, 0};
    size_t labelled;

    rule_ticks(axis, &dense, tick, &labelled);
    if (labelled <= labels)
        return dense;
    for (int stride = 1; stride < count_decades(axis); stride++)
        for (int shift = 0; shift < stride; shift++) {
            struct rule rule = {false, stride, shift};

            rule_ticks(axis, &rule, tick, &labelled);
            if (labelled >= 2 && labelled <= labels)
                return rule;
        }
    rule_ticks(axis, &every, tick, &labelled);
    return labelled < 2 ? dense : every;
}

static size_t log_ticks(const struct axis *axis, size_t labels, struct axis_tick tick[AXIS_MAX_TICKS])
{
    struct rule rule = choose_rule(axis, labels, tick);
    size_t labelled, count = rule_ticks(axis, &rule, tick, &labelled);

    return labelled < 2 ? even_ticks(axis, labels, tick) : count;
}

/* --- ticks on both sides of 0 ------------------------------------------------------------------------------------- */

/* 0 and, on both sides, every so many decades from where the axis is no longer linear. */
static size_t both_sides(const struct axis *axis, int stride, struct axis_tick tick[AXIS_MAX_TICKS])
{
    int decades = (int)floor(log10(fmax(fmax(-axis->low, axis->high) / AXIS_SYMLOG_LINEAR, 1))) / stride;
    size_t count = 0;

    for (int k = -decades - 1; k <= decades + 1 && count < AXIS_MAX_TICKS; k++) {
        double size = k == 0 ? 0 : AXIS_SYMLOG_LINEAR * pow(10, stride * (abs(k) - 1)), value = k < 0 ? -size : size;

        if (value >= axis->low && value <= axis->high)
            tick[count++] = full_tick(axis->unit, value);
    }
    return count;
}

/* As few decades apart as the number of labels lets them; evenly spaced where all of the axis is linear. */
static size_t symlog_ticks(const struct axis *axis, size_t labels, struct axis_tick tick[AXIS_MAX_TICKS])
{
    int stride = 1;
    size_t count = both_sides(axis, stride, tick);

    while (count > labels && stride < MAX_DIVIDED_DECADES)
        count = both_sides(axis, ++stride, tick);
    return count < 2 ? even_ticks(axis, labels, tick) : count;
}

size_t axis_ticks(const struct axis *axis, size_t labels, struct axis_tick tick[AXIS_MAX_TICKS])
{
    size_t wanted = labels < 2 ? 2 : labels;

    if (axis->scale == AXIS_SYMLOG)
        return symlog_ticks(axis, wanted, tick);
    return axis->scale == AXIS_LINEAR ? linear_ticks(axis, wanted, tick) : log_ticks(axis, wanted, tick);
}
