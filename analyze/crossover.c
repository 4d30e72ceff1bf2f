/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks over the counts in equal steps of their logarithm and looks within a step for where the proven side changes:
   the difference of two curves has no simpler form. */
#include "analyze/crossover.h"

#include "analyze/root.h"

#include <math.h>

#define STEPS_A_DECADE 8

struct pair {
    const struct fit *a, *b;
};

static struct estimate difference_at(const struct pair *pair, double tasks)
{
    return estimate_difference(fit_mean_at(pair->a, tasks), fit_mean_at(pair->b, tasks), pair->a->confidence);
}

static double value_at(double tasks, void *pair)
{
    return difference_at(pair, tasks).value;
}

static double low_at(double tasks, void *pair)
{
    return difference_at(pair, tasks).low;
}

static double high_at(double tasks, void *pair)
{
    return difference_at(pair, tasks).high;
}

static enum crossover_side side_of(struct estimate difference)
{
    return difference.high < 0 ? CROSSOVER_A : difference.low > 0 ? CROSSOVER_B : CROSSOVER_UNPROVEN;
}

static void add_stretch(struct crossover *crossover, double from, double to, enum crossover_side side)
{
    if (side != CROSSOVER_UNPROVEN && crossover->stretches < CROSSOVER_STRETCHES)
        crossover->stretch[crossover->stretches++] = (struct crossover_stretch){from, to, side};
}

/* A is proven to be cheaper where the upper limit of the difference is below 0, B where the lower one is above. */
static double find_end(struct pair *pair, enum crossover_side side, double from, double to)
{
    return root_find(side == CROSSOVER_A ? high_at : low_at, pair, from, to);
}

/* A step of the walk, in which the side may change; `began` is where the side at its beginning began. Returns where
   that at its end did. */
static double take_step(struct crossover *crossover, struct pair *pair, double began, double from,
                        enum crossover_side before, double to, enum crossover_side after)
{
    if (after == before)
        return began;
    if (before != CROSSOVER_UNPROVEN)
        add_stretch(crossover, began, find_end(pair, before, from, to), before);
    return after == CROSSOVER_UNPROVEN ? to : find_end(pair, after, from, to);
}

static void walk(struct crossover *crossover, struct pair *pair)
{
    double tasks = crossover->smallest, began = tasks;
    struct estimate difference = difference_at(pair, tasks);

    while (tasks < crossover->largest) {
        double next = fmin(crossover->largest, fmax(1, tasks * pow(10, 1. / STEPS_A_DECADE))); /* from 0 on, too */
        struct estimate next_difference = difference_at(pair, next);

        if (isnan(crossover->tasks) && difference.value * next_difference.value < 0)
            crossover->tasks = root_find(value_at, pair, tasks, next);
        began = take_step(crossover, pair, began, tasks, side_of(difference), next, side_of(next_difference));
        tasks = next;
        difference = next_difference;
    }
    add_stretch(crossover, began, tasks, side_of(difference));
}

struct crossover crossover_of(const struct fit *a, const struct fit *b)
{
    struct pair pair = {a, b};
    struct crossover crossover = {.smallest = fmax((double)a->min_tasks, (double)b->min_tasks),
                                  .largest = fmin((double)a->max_tasks, (double)b->max_tasks),
                                  .tasks = NAN};

    if (!(crossover.smallest < crossover.largest)) {
        crossover.smallest = crossover.largest = NAN;
        return crossover;
    }
    walk(&crossover, &pair);
    return crossover;
}

enum crossover_side crossover_below(const struct crossover *crossover)
{
    const struct crossover_stretch *first = crossover->stretch;

    return crossover->stretches > 0 && first->from == crossover->smallest ? first->side : CROSSOVER_UNPROVEN;
}

enum crossover_side crossover_above(const struct crossover *crossover)
{
    const struct crossover_stretch *last = crossover->stretch + crossover->stretches - 1;

    return crossover->stretches > 0 && last->to == crossover->largest ? last->side : CROSSOVER_UNPROVEN;
}
