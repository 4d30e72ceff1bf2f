/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/pool.h"

#include "collect/unit.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Sums over the hosts that have errors. `share` is a host's weight, 1 / variance of its overhead, over all weights. */
struct pool {
    size_t hosts;
    double weight;             /* of all */
    double overhead;           /* per task */
    double uncertainty;        /* sum of share (1 - share) / dof */
    double inverse_dof;        /* sum of share^2 / dof: Satterthwaite's */
    double chi_square, excess; /* sum of weight (overhead - common)^2, and of (1 - share)^2 / dof */
};

static bool has_errors(const struct fit *fit)
{
    return isfinite(fit->overhead.value) && fit->overhead.standard_error > 0 && fit->overhead_dof > 0 &&
           isfinite(fit->covariance);
}

static double weight_of(const struct fit *fit)
{
    return 1 / pow(fit->overhead.standard_error, 2);
}

static struct pool pool_new(const struct fit *fit, size_t hosts)
{
    struct pool pool = {0};

    for (size_t i = 0; i < hosts; i++)
        if (has_errors(&fit[i])) {
            pool.hosts++;
            pool.weight += weight_of(&fit[i]);
        }
    for (size_t i = 0; i < hosts; i++)
        if (has_errors(&fit[i]))
            pool.overhead += weight_of(&fit[i]) / pool.weight * fit[i].overhead.value;
    for (size_t i = 0; i < hosts; i++) {
        double share = weight_of(&fit[i]) / pool.weight;

        if (!has_errors(&fit[i]))
            continue;
        pool.uncertainty += share * (1 - share) / fit[i].overhead_dof;
        pool.inverse_dof += share * share / fit[i].overhead_dof;
        pool.chi_square += weight_of(&fit[i]) * pow(fit[i].overhead.value - pool.overhead, 2);
        pool.excess += pow(1 - share, 2) / fit[i].overhead_dof;
    }
    return pool;
}

/* The weights are estimates, which adds to the variance: Meier, Variance of a weighted mean, Biometrics 9 (1953) 59-73.
 */
static double overhead_variance(const struct pool *pool)
{
    return (1 + 4 * pool->uncertainty) / pool->weight;
}

static void test_sameness(struct fit *pooled, const struct pool *pool)
{
    double hosts = (double)pool->hosts, dof = hosts - 1;
    double divisor = 1 + 2 * (hosts - 2) / (hosts * hosts - 1) * pool->excess;

    if (pool->hosts < 2)
        return;
    pooled->lack_of_fit_f = pool->chi_square / dof / divisor;
    pooled->lack_of_fit_p = gsl_cdf_fdist_Q(pooled->lack_of_fit_f, dof, (hosts * hosts - 1) / (3 * pool->excess));
    if (pooled->lack_of_fit_p < FIT_SIGNIFICANCE && pool->chi_square > dof)
        pooled->scale_factor = sqrt(pool->chi_square / dof);
}

/* The slope of a host's baseline on its overhead: covariance over variance. */
static double tilt(const struct fit *fit)
{
    return fit->covariance * weight_of(fit);
}

/* A host's baseline given the pooled overhead: r + tilt * overhead, where r is uncorrelated with the host's own
   overhead. */
static double baseline_of(const struct fit *fit, const struct pool *pool)
{
    return fit->baseline.value + tilt(fit) * (pool->overhead - fit->overhead.value);
}

static void pool_baselines(struct fit *pooled, const struct fit *fit, size_t hosts, const struct pool *pool)
{
    double mean = 0, mean_tilt = 0, variance = 0, dof = INFINITY, count = (double)pool->hosts;

    for (size_t i = 0; i < hosts; i++) {
        if (!has_errors(&fit[i]))
            continue;
        mean += baseline_of(&fit[i], pool) / count;
        mean_tilt += tilt(&fit[i]) / count;
        variance += (pow(fit[i].baseline.standard_error, 2) - fit[i].covariance * tilt(&fit[i])) / (count * count);
        dof = fmin(dof, fit[i].baseline_dof);
    }
    pooled->baseline_dof = dof;
    pooled->covariance = mean_tilt * pow(pooled->overhead.standard_error, 2);
    variance += mean_tilt * pooled->covariance;
    pooled->baseline = fit_estimate(mean, sqrt(fmax(0, variance)), dof, pooled->confidence);
}

static void note_hosts(struct fit *pooled, const struct fit *fit, size_t hosts, const struct pool *pool)
{
    double least = INFINITY, most = -INFINITY;
    char from[UNIT_TEXT_SIZE], to[UNIT_TEXT_SIZE];

    for (size_t i = 0; i < hosts; i++)
        if (has_errors(&fit[i])) {
            least = fmin(least, baseline_of(&fit[i], pool));
            most = fmax(most, baseline_of(&fit[i], pool));
        }
    if (pool->hosts < hosts)
        fit_note(pooled, "%zu of %zu hosts have no errors to be weighed by", hosts - pool->hosts, hosts);
    if (pool->hosts == 1)
        fit_note(pooled, "one host only");
    if (pool->hosts < 2)
        return;
    if (pooled->lack_of_fit_p < FIT_SIGNIFICANCE)
        fit_note(pooled, "the overhead is not the same on all %zu hosts", pool->hosts);
    fit_note(pooled, "baselines of %zu hosts from %s to %s", pool->hosts, unit_format(from, pooled->unit, least),
             unit_format(to, pooled->unit, most));
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
        pooled.resolution = fmax(pooled.resolution, fit[i].resolution); /* which takes a number before NaN */
        pooled.max_tasks = fit[i].max_tasks > pooled.max_tasks ? fit[i].max_tasks : pooled.max_tasks;
    }
    return pooled;
}

struct fit pool_fits(const struct fit *fit, size_t hosts)
{
    struct fit pooled = add_up(fit, hosts);
    struct pool pool = pool_new(fit, hosts);

    if (pool.hosts > 0) {
        test_sameness(&pooled, &pool);
        pooled.overhead_dof = pooled.scale_factor > 1 ? (double)pool.hosts - 1 : 1 / pool.inverse_dof;
        pooled.overhead = fit_estimate(pool.overhead, pooled.scale_factor * sqrt(overhead_variance(&pool)),
                                       pooled.overhead_dof, pooled.confidence);
        pool_baselines(&pooled, fit, hosts, &pool);
    }
    note_hosts(&pooled, fit, hosts, &pool);
    return pooled;
}
