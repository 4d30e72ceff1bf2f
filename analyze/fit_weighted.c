/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line through the locations of the counts. With x the counts and m the locations, the estimates are linear in m,
       baseline = sum_k b_k m_k,   overhead = sum_k o_k m_k,
   where b and o follow from the weights. Their errors follow from each location's own variance v_k (the sandwich), so
   that they hold where the weights are wrong:
       variance of the baseline = sum_k b_k^2 v_k,
   with Satterthwaite's degrees of freedom (Biometrics Bulletin 2 (1946) 110-114), because the v_k are estimates:
       (sum_k b_k^2 v_k)^2 / sum_k ((b_k^2 v_k)^2 / f_k). */
#include "analyze/fit_weighted.h"

#include "analyze/location.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* The most often that a good run is fenced out. */
#define FENCE_PROBABILITY 1e-3
/* The efficiency of the median absolute deviation for normal runs (Rousseeuw and Croux 1993): the share of the degrees
   of freedom that it uses. */
#define MAD_EFFICIENCY 0.37
#define SMOOTHING_ROUNDS 50
#define SINGULAR 1e-9

/* One count. */
struct level {
    double tasks;
    struct location location;
    double run_variance;   /* of one run, with location.dof; NaN from one run; makes the weight */
    double baseline_share; /* b_k */
    double overhead_share; /* o_k */
};

struct levels {
    struct level *level;
    size_t count;
    double resolution; /* of the series */
};

/* --- the line ----------------------------------------------------------------------------------------------------- */

/* Weighted least squares, solved on deviations from the weighted mean. */
static void share_out(struct levels *levels, double (*weight)(const struct level *))
{
    double sum = 0, mean = 0, square = 0;

    for (size_t k = 0; k < levels->count; k++)
        sum += weight(&levels->level[k]);
    for (size_t k = 0; k < levels->count; k++)
        mean += weight(&levels->level[k]) / sum * levels->level[k].tasks;
    for (size_t k = 0; k < levels->count; k++)
        square += weight(&levels->level[k]) * pow(levels->level[k].tasks - mean, 2);
    for (size_t k = 0; k < levels->count; k++) {
        struct level *level = &levels->level[k];

        level->overhead_share = weight(level) * (level->tasks - mean) / square;
        level->baseline_share = weight(level) / sum - mean * level->overhead_share;
    }
}

static double weight_by_run_variance(const struct level *level)
{
    return (double)level->location.runs / level->run_variance;
}

static double weight_by_location_variance(const struct level *level)
{
    return 1 / location_variance(&level->location);
}

struct line {
    double baseline, overhead;
};

static struct line line_through(const struct levels *levels)
{
    struct line line = {0, 0};

    for (size_t k = 0; k < levels->count; k++) {
        line.baseline += levels->level[k].baseline_share * levels->level[k].location.value;
        line.overhead += levels->level[k].overhead_share * levels->level[k].location.value;
    }
    return line;
}

static double misfit(const struct level *level, struct line line)
{
    return level->location.value - line.baseline - line.overhead * level->tasks;
}

/* --- a variance that is smooth in the count ----------------------------------------------------------------------- */

/* No scatter but rounding. */
static struct run_variance no_variance(const struct levels *levels)
{
    return (struct run_variance){.least = location_rounding_variance(levels->resolution)};
}

/* Least squares of the levels' variances with both parts at least 0. A sample variance has a variance of 2 V^2 / f,
   which makes the weights; V is that of the last round. */
static struct run_variance smooth_once(const struct levels *levels, struct run_variance last)
{
    double s1 = 0, sx = 0, sxx = 0, sv = 0, sxv = 0, determinant; /* weighted sums; x: count squared, v: variance */
    struct run_variance smooth = {.least = last.least};

    for (size_t k = 0; k < levels->count; k++) {
        const struct level *level = &levels->level[k];
        double square = level->tasks * level->tasks;
        double weight = level->location.dof / pow(fit_run_variance_at(last, level->tasks), 2);

        if (level->location.dof < 1)
            continue;
        s1 += weight;
        sx += weight * square;
        sxx += weight * square * square;
        sv += weight * level->run_variance;
        sxv += weight * square * level->run_variance;
    }
    determinant = s1 * sxx - sx * sx;
    smooth.constant = (sxx * sv - sx * sxv) / determinant;
    smooth.proportional = (s1 * sxv - sx * sv) / determinant;
    /* Where only one count has several runs the determinant is mere rounding. */
    if (!(smooth.proportional > 0) || determinant < SINGULAR * s1 * sxx)
        smooth = (struct run_variance){sv / s1, 0, last.least, 0};
    else if (smooth.constant < 0)
        smooth = (struct run_variance){0, sxv / sxx, last.least, 0};
    return smooth;
}

static double total_dof(const struct levels *levels)
{
    double dof = 0;

    for (size_t k = 0; k < levels->count; k++)
        dof += levels->level[k].location.dof;
    return dof;
}

/* At least one level has several runs. */
static struct run_variance smooth_variances(const struct levels *levels)
{
    struct run_variance smooth = no_variance(levels);

    for (size_t k = 0; k < levels->count; k++)
        if (levels->level[k].location.dof > 0)
            smooth.constant += levels->level[k].location.dof / total_dof(levels) * levels->level[k].run_variance;
    for (int round = 0; round < SMOOTHING_ROUNDS; round++)
        smooth = smooth_once(levels, smooth);
    smooth.dof = total_dof(levels) / 2; /* two parts are estimated: each has about half */
    return smooth;
}

/* A single run gets its variance from the other counts. Without any, all weigh the same and errors stay unknown. */
static void borrow_variances(struct levels *levels)
{
    double dof = total_dof(levels);
    struct run_variance smooth = dof > 0 ? smooth_variances(levels) : no_variance(levels);

    for (size_t k = 0; k < levels->count; k++) {
        struct level *level = &levels->level[k];

        if (level->location.dof > 0)
            continue;
        level->run_variance = fit_run_variance_at(smooth, level->tasks);
        if (dof > 0) {
            level->location.variance = level->run_variance;
            level->location.dof = dof;
        }
    }
}

/* --- errors ------------------------------------------------------------------------------------------------------- */

/* The variance of sum_k a_k m_k with Satterthwaite's degrees of freedom, term by term. */
struct error_sum {
    double variance, terms; /* terms: sum of (a_k^2 v_k)^2 / f_k */
};

static void error_sum_add(struct error_sum *sum, double share, const struct level *level)
{
    double term = share * share * location_variance(&level->location);

    sum->variance += term;
    sum->terms += term * term / level->location.dof;
}

static void estimate_line(struct fit *fit, const struct levels *levels)
{
    struct line line = line_through(levels);
    struct error_sum baseline = {0, 0}, overhead = {0, 0};

    fit->covariance = 0;
    for (size_t k = 0; k < levels->count; k++) {
        const struct level *level = &levels->level[k];

        error_sum_add(&baseline, level->baseline_share, level);
        error_sum_add(&overhead, level->overhead_share, level);
        fit->covariance += level->baseline_share * level->overhead_share * location_variance(&level->location);
    }
    fit->baseline_dof = baseline.variance * baseline.variance / baseline.terms;
    fit->overhead_dof = overhead.variance * overhead.variance / overhead.terms;
    fit->baseline = fit_estimate(line.baseline, sqrt(baseline.variance), fit->baseline_dof, fit->confidence);
    fit->overhead = fit_estimate(line.overhead, sqrt(overhead.variance), fit->overhead_dof, fit->confidence);
}

/* R squared of the averaged runs, each weighted by 1 / its variance. */
static double r_squared(const struct levels *levels)
{
    struct line line = line_through(levels);
    double sum = 0, mean = 0, residual = 0, total = 0;

    for (size_t k = 0; k < levels->count; k++)
        sum += weight_by_run_variance(&levels->level[k]);
    for (size_t k = 0; k < levels->count; k++)
        mean += weight_by_run_variance(&levels->level[k]) / sum * levels->level[k].location.value;
    for (size_t k = 0; k < levels->count; k++) {
        const struct level *level = &levels->level[k];
        double weight = weight_by_run_variance(level);
        double within = ((double)level->location.runs - 1) * level->location.variance / level->run_variance;

        within = level->location.runs > 1 ? within : 0;
        residual += weight * pow(misfit(level, line), 2) + within;
        total += weight * pow(level->location.value - mean, 2) + within;
    }
    return total > 0 ? 1 - residual / total : NAN;
}

/* --- does the line hold? ------------------------------------------------------------------------------------------ */

/* The p value of the levels' chi-square about the line, given that their variances are estimates: Johansen, The
   Welch-James approximation to the distribution of the residual sum of squares in a weighted linear regression,
   Biometrika 67 (1980) 85-92. `excess` is his A: the sum of (1 - leverage)^2 / f_k. */
static double johansen_p(double chi_square, double dof, double excess)
{
    double divisor = dof + 2 * excess - 6 * excess / (dof + 2);

    return gsl_cdf_fdist_Q(chi_square / divisor, dof, dof * (dof + 2) / (3 * excess));
}

/* Chi-square about the line that minimises it, so that no line fails where another would hold. Leaves the shares of
   that line in the levels. */
static void test_lack_of_fit(struct fit *fit, struct levels *levels)
{
    double dof = (double)levels->count - 2, chi_square = 0, excess = 0;
    struct line line;

    if (dof < 1 || !isfinite(fit->covariance))
        return;
    share_out(levels, weight_by_location_variance);
    line = line_through(levels);
    for (size_t k = 0; k < levels->count; k++) {
        const struct level *level = &levels->level[k];
        double leverage = level->baseline_share + level->overhead_share * level->tasks;

        chi_square += pow(misfit(level, line), 2) / location_variance(&level->location);
        excess += pow(1 - leverage, 2) / level->location.dof;
    }
    fit->lack_of_fit_f = chi_square / dof;
    fit->lack_of_fit_p = johansen_p(chi_square, dof, excess);
}

/* The Particle Data Group's scale factor (Review of Particle Physics, Introduction, section 5.2): where the line does
   not hold, its lack of fit counts as an error that the replicates do not show. */
static void widen(struct fit *fit)
{
    double dof = (double)fit->cells - 2, scale = sqrt(fit->lack_of_fit_f);

    if (!(fit->lack_of_fit_p < FIT_SIGNIFICANCE) || scale <= 1)
        return;
    fit->scale_factor = scale;
    fit->covariance *= scale * scale;
    fit->baseline_dof = fit->overhead_dof = dof;
    fit->baseline = fit_estimate(fit->baseline.value, scale * fit->baseline.standard_error, dof, fit->confidence);
    fit->overhead = fit_estimate(fit->overhead.value, scale * fit->overhead.standard_error, dof, fit->confidence);
}

static void fit_levels(struct fit *fit, struct levels *levels)
{
    share_out(levels, weight_by_run_variance);
    estimate_line(fit, levels);
    fit->r_squared = r_squared(levels);
    test_lack_of_fit(fit, levels);
    widen(fit);
}

/* --- the two methods ---------------------------------------------------------------------------------------------- */

/* A level for each cell that has runs, with their mean. */
static int levels_new(struct levels *levels, const struct series *series)
{
    *levels = (struct levels){calloc(series->cells, sizeof *levels->level), 0, series->resolution};
    if (!levels->level)
        return -1;
    for (size_t k = 0; k < series->cells; k++) {
        const struct cell *cell = &series->cell[k];
        struct location location;

        if (cell->runs == 0)
            continue;
        location = location_mean(cell->value, cell->runs, cell->resolution);
        levels->level[levels->count++] =
            (struct level){.tasks = (double)cell->tasks, .location = location, .run_variance = location.variance};
    }
    return 0;
}

/* From the median absolute deviation, made unbiased for few runs with the factors of Croux and Rousseeuw,
   Time-efficient algorithms for two highly robust estimators of scale (1992). */
static double robust_variance(const struct cell *cell)
{
    static const double factors[] = {1, 1, 1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107};
    double runs = (double)cell->runs;
    double factor = cell->runs < sizeof factors / sizeof *factors ? factors[cell->runs] : runs / (runs - 0.8);

    return fmax(pow(factor * cell->mad, 2), location_rounding_variance(cell->resolution));
}

/* The distance of the fences from the median, in standard deviations. */
static double fence_deviations(struct run_variance smooth)
{
    return gsl_cdf_tdist_Qinv(FENCE_PROBABILITY / 2, fmax(1, MAD_EFFICIENCY * smooth.dof));
}

/* Fences as wide as the smooth variance says, or the count's own where that is larger: with few runs one count alone
   cannot tell an outlier from a spread. */
static void fence(struct levels *levels, const struct series *series)
{
    struct run_variance smooth;
    struct level *level = levels->level;
    double deviations;

    for (size_t k = 0; k < series->cells; k++)
        if (series->cell[k].runs > 0)
            level++->run_variance = robust_variance(&series->cell[k]);
    smooth = smooth_variances(levels);
    deviations = fence_deviations(smooth);
    level = levels->level;
    for (size_t k = 0; k < series->cells; k++) {
        const struct cell *cell = &series->cell[k];
        double variance;

        if (cell->runs == 0)
            continue;
        variance = fmax(fit_run_variance_at(smooth, level->tasks), level->run_variance);
        level->location = location_fenced_mean(cell->value, cell->runs, cell->resolution, deviations * sqrt(variance));
        level->run_variance = level->location.variance;
        level++;
    }
}

static void smooth_weights(struct levels *levels)
{
    struct run_variance smooth = smooth_variances(levels);

    for (size_t k = 0; k < levels->count; k++)
        levels->level[k].run_variance = fit_run_variance_at(smooth, levels->level[k].tasks);
}

static void note_outliers(struct fit *fit, const struct levels *levels)
{
    size_t outliers = fit->runs;

    for (size_t k = 0; k < levels->count; k++)
        outliers -= levels->level[k].location.runs;
    if (outliers > 0)
        fit_note(fit, "%zu outlier %s not averaged", outliers, outliers == 1 ? "run is" : "runs are");
}

static void note_out_of_memory(struct fit *fit)
{
    fit_note(fit, "out of memory");
}

void fit_weighted_wls(struct fit *fit, const struct series *series)
{
    struct levels levels;

    if (levels_new(&levels, series) != 0) {
        note_out_of_memory(fit);
        return;
    }
    if (total_dof(&levels) > 0)
        fit->run_variance = smooth_variances(&levels);
    borrow_variances(&levels);
    fit_levels(fit, &levels);
    free(levels.level);
}

void fit_weighted_robust(struct fit *fit, const struct series *series)
{
    struct levels levels;

    if (levels_new(&levels, series) != 0) {
        note_out_of_memory(fit);
        return;
    }
    if (total_dof(&levels) > 0) {
        fence(&levels, series);
        fit->run_variance = smooth_variances(&levels);
    }
    borrow_variances(&levels);
    if (total_dof(&levels) > 0)
        smooth_weights(&levels);
    fit_levels(fit, &levels);
    note_outliers(fit, &levels);
    free(levels.level);
}
