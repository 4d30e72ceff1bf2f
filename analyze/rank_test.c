/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/rank_test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ranks of the pooled values, doubled so that the mean ranks of ties are whole numbers. */
struct ranks {
    size_t count, a_count;
    size_t *doubled; /* of each pooled value, the first a_count those of sample a */
    size_t sum;      /* of sample a */
    double ties;     /* sum of t^3 - t over the groups of t equal values */
};

static int ranks_new(struct ranks *ranks, const double *a, size_t a_count, const double *b, size_t b_count)
{
    size_t count = a_count + b_count;
    double *value = malloc(count * sizeof *value);
    size_t *order = malloc(count * sizeof *order);

    *ranks = (struct ranks){count, a_count, calloc(count, sizeof *ranks->doubled), 0, 0};
    if (value && order && ranks->doubled) {
        memcpy(value, a, a_count * sizeof *a);
        memcpy(value + a_count, b, b_count * sizeof *b);
        gsl_sort_index(order, value, 1, count);
        for (size_t i = 0, next; i < count; i = next) {
            double tied;

            for (next = i + 1; next < count && value[order[next]] == value[order[i]]; next++)
                ;
            for (size_t k = i; k < next; k++)
                ranks->doubled[order[k]] = i + next + 1; /* twice the mean of the ranks i + 1 to next */
            tied = (double)(next - i);
            ranks->ties += tied * tied * tied - tied;
        }
        for (size_t i = 0; i < a_count; i++)
            ranks->sum += ranks->doubled[i];
    }
    free(value);
    free(order);
    return ranks->sum > 0 ? 0 : -1;
}

/* The expected doubled rank sum: a_count (count + 1). */
static double mean_sum(const struct ranks *ranks)
{
    return (double)ranks->a_count * ((double)ranks->count + 1);
}

/* ways[n][s]: how many choices of n values so far have the rank sum s. */
static double exact_p(const struct ranks *ranks)
{
    size_t sums = ranks->count * (ranks->count + 1) + 1;
    double *ways = calloc((ranks->a_count + 1) * sums, sizeof *ways);
    double far = fabs((double)ranks->sum - mean_sum(ranks)), extreme = 0, all = 0;

    if (!ways)
        return NAN;
    ways[0] = 1;
    for (size_t i = 0; i < ranks->count; i++)
        for (size_t n = ranks->a_count; n > 0; n--)
            for (size_t s = sums - 1; s >= ranks->doubled[i]; s--)
                ways[n * sums + s] += ways[(n - 1) * sums + s - ranks->doubled[i]];
    for (size_t s = 0; s < sums; s++) {
        double count = ways[ranks->a_count * sums + s];

        all += count;
        extreme += fabs((double)s - mean_sum(ranks)) >= far ? count : 0;
    }
    free(ways);
    return extreme / all;
}

/* Lehmann, Nonparametrics (1975), section 1.4. */
static double normal_p(const struct ranks *ranks)
{
    double a = (double)ranks->a_count, n = (double)ranks->count, b = n - a;
    double variance = a * b / 12 * (n + 1 - ranks->ties / (n * (n - 1)));
    double far = fabs((double)ranks->sum - mean_sum(ranks)) / 2;

    if (!(variance > 0))
        return 1;
    return fmin(1, 2 * gsl_cdf_ugaussian_Q(fmax(0, far - 0.5) / sqrt(variance)));
}

double rank_test_p(const double *a, size_t a_count, const double *b, size_t b_count)
{
    struct ranks ranks;
    double p = NAN;

    if (a_count == 0 || b_count == 0)
        return NAN;
    if (ranks_new(&ranks, a, a_count, b, b_count) == 0)
        p = ranks.count <= RANK_TEST_EXACT ? exact_p(&ranks) : normal_p(&ranks);
    free(ranks.doubled);
    return p;
}

size_t rank_test_least_runs(double threshold)
{
    unsigned runs = 1;

    while (2 / gsl_sf_choose(2 * runs, runs) >= threshold && runs < 500)
        runs++;
    return runs;
}
