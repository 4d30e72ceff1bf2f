/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/pool.h"

#include "collect/unit.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

#define HALVINGS 200 /* of the interval that holds the variance between hosts */

/* --- one quantity over hosts -------------------------------------------------------------------------------------- */

/* One quantity of several hosts. Those without errors are left out. */
struct quantity {
    const struct fit *fit; /* of each host */
    size_t hosts;
    struct estimate (*of)(const struct fit *fit);
};

static struct estimate baseline_of(const struct fit *fit)
{
    return fit->baseline;
}

static struct estimate overhead_of(const struct fit *fit)
{
    return fit->overhead;
}

static bool has_errors(const struct fit *fit)
{
    return fit->overhead.standard_error > 0 && fit->overhead.dof > 0 && fit->baseline.standard_error > 0 &&
           fit->baseline.dof > 0;
}

struct pool {
    double mean, weight;
    double chi_square; /* about the mean */
};

/* With weights 1 / (a host's own variance + the one between hosts). */
static struct pool pool_with(const struct quantity *quantity, double between)
{
    struct pool pool = {0, 0, 0};

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < quantity->hosts; i++) {
            struct estimate estimate = quantity->of(&quantity->fit[i]);
            double weight = 1 / (pow(estimate.standard_error, 2) + between);

            if (!has_errors(&quantity->fit[i]))
                continue;
            if (pass == 0) {
                pool.weight += weight;
                pool.mean += weight / pool.weight * (estimate.value - pool.mean); /* a running mean */
            } else {
                pool.chi_square += weight * pow(estimate.value - pool.mean, 2);
            }
        }
    return pool;
}

static size_t count_hosts(const struct quantity *quantity)
{
    size_t hosts = 0;

    for (size_t i = 0; i < quantity->hosts; i++)
        hosts += has_errors(&quantity->fit[i]);
    return hosts;
}

/* Paule and Mandel: chi-square falls with the variance between hosts, to its expectation hosts - 1 where that is right;
   0 where it is below that even without any. */
static double variance_between(const struct quantity *quantity)
{
    double dof = (double)count_hosts(quantity) - 1, low = 0, high = 0;

    for (size_t i = 0; i < quantity->hosts; i++)
        if (has_errors(&quantity->fit[i]))
            high += pow(quantity->of(&quantity->fit[i]).value - pool_with(quantity, 0).mean, 2); /* more than enough */
    for (int halving = 0; halving < HALVINGS; halving++) {
        double middle = (low + high) / 2;

        if (pool_with(quantity, middle).chi_square > dof)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Hartung and Knapp: the squares about the mean, not the hosts' own errors, tell the mean's error. Hosts that agree by
   chance better than their errors say do not make it smaller (Knapp and Hartung, Improved tests for a random effects
   meta-regression with a single covariate, Statistics in Medicine 22 (2003) 2693-2710). */
static struct estimate pool_estimates(const struct quantity *quantity, double confidence)
{
    double dof = (double)count_hosts(quantity) - 1;
    struct pool pool = pool_with(quantity, variance_between(quantity));

    return estimate_of(pool.mean, sqrt(fmax(1, pool.chi_square / dof) / pool.weight), dof, confidence);
}

/* --- fits over hosts ---------------------------------------------------------------------------------------------- */

static void test_sameness(struct fit *pooled, const struct quantity *overheads, size_t count)
{
    struct pool pool = pool_with(overheads, 0);
    double hosts = (double)count, dof = hosts - 1, excess = 0;

    for (size_t i = 0; i < overheads->hosts; i++) {
        struct estimate overhead = overheads->of(&overheads->fit[i]);

        if (has_errors(&overheads->fit[i]))
            excess += pow(1 - 1 / pow(overhead.standard_error, 2) / pool.weight, 2) / overhead.dof;
    }
    pooled->lack_of_fit_f = pool.chi_square / dof / (1 + 2 * (hosts - 2) / (hosts * hosts - 1) * excess);
    pooled->lack_of_fit_p = gsl_cdf_fdist_Q(pooled->lack_of_fit_f, dof, (hosts * hosts - 1) / (3 * excess));
}

/* A quantity's least and largest value over the hosts that have errors. */
static void note_range(struct fit *pooled, const char *name, const struct quantity *quantity)
{
    double least = NAN, most = NAN;
    char from[UNIT_TEXT_SIZE], to[UNIT_TEXT_SIZE];

    for (size_t i = 0; i < quantity->hosts; i++)
        if (has_errors(&quantity->fit[i])) {
            least = fmin(quantity->of(&quantity->fit[i]).value, least); /* which takes a number before NaN */
            most = fmax(quantity->of(&quantity->fit[i]).value, most);
        }
    fit_note(pooled, "%s from %s to %s", name, unit_format(from, pooled->unit, least),
             unit_format(to, pooled->unit, most));
}

static void note_hosts(struct fit *pooled, const struct quantity *overheads, size_t count)
{
    const struct quantity baselines = {overheads->fit, overheads->hosts, baseline_of};

    if (count < overheads->hosts)
        fit_note(pooled, "%zu of %zu hosts have no errors to be weighed by", overheads->hosts - count,
                 overheads->hosts);
    if (count == 1)
        fit_note(pooled, "one host only");
    if (count < 2)
        return;
    if (pooled->lack_of_fit_p < FIT_SIGNIFICANCE)
        fit_note(pooled, "the overhead is not the same on all %zu hosts", count);
    note_range(pooled, "overheads", overheads);
    note_range(pooled, "baselines", &baselines);
}

/* Sums and maxima of the fits. */
static struct fit add_up(const struct fit *fit, size_t hosts)
{
    struct fit pooled = fit_unknown(fit->method, fit->confidence);

    pooled.unit = fit->unit;
    for (size_t i = 0; i < hosts; i++) {
        pooled.runs += fit[i].runs;
        pooled.cells += fit[i].cells;
        pooled.failed += fit[i].failed;
        pooled.resolution = fmax(pooled.resolution, fit[i].resolution);
        pooled.least_slope = fmin(pooled.least_slope, fit[i].least_slope);
        pooled.largest_slope = fmax(pooled.largest_slope, fit[i].largest_slope);
        pooled.max_tasks = fit[i].max_tasks > pooled.max_tasks ? fit[i].max_tasks : pooled.max_tasks;
    }
    return pooled;
}

static const struct fit *first_with_errors(const struct fit *fit)
{
    while (!has_errors(fit))
        fit++;
    return fit;
}

struct fit pool_fits(const struct fit *fit, size_t hosts)
{
    const struct quantity overheads = {fit, hosts, overhead_of}, baselines = {fit, hosts, baseline_of};
    struct fit pooled = add_up(fit, hosts);
    size_t count = count_hosts(&overheads);

    if (count > 1) {
        pooled.overhead = pool_estimates(&overheads, pooled.confidence);
        pooled.baseline = pool_estimates(&baselines, pooled.confidence);
        test_sameness(&pooled, &overheads, count);
    } else if (count == 1) {
        pooled.overhead = first_with_errors(fit)->overhead;
        pooled.baseline = first_with_errors(fit)->baseline;
    }
    note_hosts(&pooled, &overheads, count);
    return pooled;
}
