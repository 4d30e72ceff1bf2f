/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mann and Whitney's test against published p values and against counting. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/rank_test.h"
#include "tests/analyze/runs.h"

#include <string.h>

/* Hollander and Wolfe, Nonparametric Statistical Methods (1973), page 69: permeability of the human chorioamnion at
   term and at 12 to 26 weeks. R 4.2.2: wilcox.test(a, b)$p.value is 0.2544122544122544. */
static void test_hollander_wolfe(void **state)
{
    static const double term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    static const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};

    (void)state;
    assert_close(rank_test_p(term, 10, early, 5), 0.2544122544122544, 1e-12);
    assert_close(rank_test_p(early, 5, term, 10), 0.2544122544122544, 1e-12);
}

/* Beyond the exact range: R 4.2.2, a <- (1:40)^1.5; b <- (3:45)^1.45 + 0.01; wilcox.test(a, b, exact = FALSE)$p.value;
   and with ties, round(a / 10) and round(b / 10). */
static void test_many_values(void **state)
{
    double a[40], b[43];

    (void)state;
    for (size_t i = 0; i < 40; i++)
        a[i] = pow((double)i + 1, 1.5);
    for (size_t i = 0; i < 43; i++)
        b[i] = pow((double)i + 3, 1.45) + 0.01;
    assert_close(rank_test_p(a, 40, b, 43), 0.71205462400391706, 1e-9);
    for (size_t i = 0; i < 40; i++)
        a[i] = nearbyint(a[i] / 10);
    for (size_t i = 0; i < 43; i++)
        b[i] = nearbyint(b[i] / 10);
    assert_close(rank_test_p(a, 40, b, 43), 0.69486093053160469, 1e-9);
}

/* Twice the rank of a value among all: what is below it, and half of what is equal. */
static double doubled_rank(const double *value, size_t count, double of)
{
    double rank = 1;

    for (size_t i = 0; i < count; i++)
        rank += 2 * (value[i] < of) + (value[i] == of);
    return rank;
}

/* Each way to choose 4 of 9 values, ties among them. */
static void test_ties_by_counting(void **state)
{
    static const double value[] = {1, 1, 2, 5, 2, 2, 3, 5, 8};
    double mean = 4 * 10, seen = 0, extreme = 0, all = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        seen += doubled_rank(value, 9, value[i]);
    for (unsigned chosen = 0; chosen < 1u << 9; chosen++) {
        double sum = 0;

        if (__builtin_popcount(chosen) != 4)
            continue;
        for (size_t i = 0; i < 9; i++)
            sum += chosen >> i & 1 ? doubled_rank(value, 9, value[i]) : 0;
        all++;
        extreme += fabs(sum - mean) >= fabs(seen - mean);
    }
    assert_close(rank_test_p(value, 4, value + 4, 5), extreme / all, 1e-12);
}

/* Equal samples are no difference, and no error. */
static void test_what_cannot_differ(void **state)
{
    static const double same[] = {7, 7, 7};

    (void)state;
    assert_true(rank_test_p(same, 3, same, 3) == 1);
    assert_true(rank_test_p(same, 1, same, 1) == 1);
    assert_true(isnan(rank_test_p(same, 0, same, 3)));
}

/* 2 / C(16, 8) = 1.55e-4, 2 / C(14, 7) = 5.8e-4. */
static void test_least_runs(void **state)
{
    (void)state;
    assert_int_equal(rank_test_least_runs(0.05), 4);
    assert_int_equal(rank_test_least_runs(2e-4), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hollander_wolfe),  cmocka_unit_test(test_many_values),
        cmocka_unit_test(test_ties_by_counting), cmocka_unit_test(test_what_cannot_differ),
        cmocka_unit_test(test_least_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
