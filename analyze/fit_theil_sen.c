/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slopes between all pairs of runs with different counts.
   Sen, Estimates of the regression coefficient based on Kendall's tau, J. Am. Stat. Assoc. 63 (1968) 1379-1389;
   Kendall, Rank Correlation Methods (4th edition, 1970), for the variance with ties in both. */
#include "analyze/fit_theil_sen.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

/* Runs as points, and room for the slopes between them and for the points' residuals. */
struct points {
    double *x, *y;
    size_t count;
    double *slope; /* ascending */
    size_t slopes;
    double *residual;
};

static int points_new(struct points *points, const struct series *series, size_t runs)
{
    size_t within = 0;

    for (size_t k = 0; k < series->cells; k++)
        within += series->cell[k].runs * (series->cell[k].runs - 1) / 2;
    *points = (struct points){.slopes = runs * (runs - 1) / 2 - within};
    points->x = malloc(3 * runs * sizeof *points->x);
    points->slope = malloc(points->slopes * sizeof *points->slope);
    if (!points->x || !points->slope)
        return -1;
    points->y = points->x + runs;
    points->residual = points->y + runs;
    for (size_t k = 0; k < series->cells; k++)
        for (size_t i = 0; i < series->cell[k].runs; i++) {
            points->x[points->count] = (double)series->cell[k].tasks;
            points->y[points->count++] = series->cell[k].value[i];
        }
    return 0;
}

static void points_free(struct points *points)
{
    free(points->x);
    free(points->slope);
}

static void compute_slopes(struct points *points)
{
    size_t slopes = 0;

    for (size_t i = 0; i < points->count; i++)
        for (size_t j = i + 1; j < points->count; j++)
            if (points->x[j] != points->x[i])
                points->slope[slopes++] = (points->y[j] - points->y[i]) / (points->x[j] - points->x[i]);
    gsl_sort(points->slope, 1, slopes);
}

static void compute_residuals(struct points *points, double slope)
{
    for (size_t i = 0; i < points->count; i++)
        points->residual[i] = points->y[i] - slope * points->x[i];
    gsl_sort(points->residual, 1, points->count);
}

/* Sums over the groups of equal values: of t(t-1)(2t+5), t(t-1) and t(t-1)(t-2). */
struct ties {
    double variance, pairs, triples;
};

static struct ties count_ties(const double *sorted, size_t count)
{
    struct ties ties = {0, 0, 0};

    for (size_t i = 0, next; i < count; i = next) {
        double t;

        for (next = i + 1; next < count && sorted[next] == sorted[i]; next++)
            ;
        t = (double)(next - i);
        ties.variance += t * (t - 1) * (2 * t + 5);
        ties.pairs += t * (t - 1);
        ties.triples += t * (t - 1) * (t - 2);
    }
    return ties;
}

/* The variance of Kendall's S (rising less falling pairs) where there is no trend. Overwrites the residuals. */
static double kendall_variance(struct points *points)
{
    double n = (double)points->count;
    struct ties x = count_ties(points->x, points->count), y; /* x ascends as the cells do */
    double variance;

    for (size_t i = 0; i < points->count; i++)
        points->residual[i] = points->y[i];
    gsl_sort(points->residual, 1, points->count);
    y = count_ties(points->residual, points->count);
    variance = (n * (n - 1) * (2 * n + 5) - x.variance - y.variance) / 18 + x.pairs * y.pairs / (2 * n * (n - 1));
    if (points->count > 2)
        variance += x.triples * y.triples / (9 * n * (n - 1) * (n - 2));
    return variance;
}

/* Sen's limits: order statistics of the slopes, rounded outwards. NaN where there are too few slopes. */
static void limit_overhead(struct points *points, struct fit *fit)
{
    double half_width = gsl_cdf_ugaussian_Pinv(0.5 + fit->confidence / 2) * sqrt(kendall_variance(points));
    double rank = floor(((double)points->slopes - half_width) / 2); /* from 1 */

    if (!(rank >= 1))
        return;
    fit->overhead.low = points->slope[(size_t)rank - 1];
    fit->overhead.high = points->slope[points->slopes - (size_t)rank];
}

/* The largest rank r, from 1, for which the r-th value from either end encloses the median of `count` values with the
   confidence (the sign test's interval); 0 if there is none. */
static size_t sign_test_rank(size_t count, double confidence)
{
    size_t rank = 0;

    while (rank < count / 2 && gsl_cdf_binomial_P((unsigned)rank, 0.5, (unsigned)count) <= (1 - confidence) / 2)
        rank++;
    return rank;
}

/* The sign test's interval of the residuals' median, at either limit of the slope: it includes both errors. */
static void limit_baseline(struct points *points, struct fit *fit)
{
    size_t rank = sign_test_rank(points->count, fit->confidence);

    if (rank == 0 || !isfinite(fit->overhead.low))
        return;
    compute_residuals(points, fit->overhead.high);
    fit->baseline.low = points->residual[rank - 1];
    compute_residuals(points, fit->overhead.low);
    fit->baseline.high = points->residual[points->count - rank];
}

static double r_squared(const struct points *points, const struct fit *fit)
{
    double mean = gsl_stats_mean(points->y, 1, points->count), residual = 0, total = 0;

    for (size_t i = 0; i < points->count; i++) {
        double misfit = points->y[i] - fit->baseline.value - fit->overhead.value * points->x[i];

        residual += misfit * misfit;
        total += (points->y[i] - mean) * (points->y[i] - mean);
    }
    return total > 0 ? 1 - residual / total : NAN;
}

void fit_theil_sen(struct fit *fit, const struct series *series)
{
    struct points points;

    if (points_new(&points, series, fit->runs) != 0) {
        fit_note(fit, "not enough memory for the slopes between %zu runs", fit->runs);
        points_free(&points);
        return;
    }
    compute_slopes(&points);
    fit->overhead.value = gsl_stats_median_from_sorted_data(points.slope, 1, points.slopes);
    compute_residuals(&points, fit->overhead.value);
    fit->baseline.value = gsl_stats_median_from_sorted_data(points.residual, 1, points.count);
    limit_overhead(&points, fit);
    limit_baseline(&points, fit);
    fit->r_squared = r_squared(&points, fit);
    points_free(&points);
}
