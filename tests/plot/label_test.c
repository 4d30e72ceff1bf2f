/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels along a line: none overlaps, order is kept, all are inside, none moves that need not. */
#include "plot/label.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST 40
#define ROUNDING 1e-9

static void assert_places_are_good(const double *place, size_t count, double pitch, double low, double high)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(place[i] - pitch / 2 >= low - ROUNDING);
        assert_true(place[i] + pitch / 2 <= high + ROUNDING);
        assert_true(i == 0 || place[i] - place[i - 1] >= pitch - ROUNDING);
    }
}

static int compare(const void *a, const void *b)
{
    const double *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

/* Wishes from a seeded generator, clustered as lines that end near each other are; some are out of bounds. */
static void test_forty_labels_do_not_overlap(void **state)
{
    unsigned short seed[3] = {1, 2, 3};

    (void)state;
    for (int round = 0; round < 500; round++) {
        double wish[MOST], place[MOST], pitch = 1 + 1.5 * erand48(seed);
        size_t work[MOST];

        for (size_t i = 0; i < MOST; i++)
            wish[i] = 130 * pow(erand48(seed), 3) - 15;
        qsort(wish, MOST, sizeof *wish, compare);
        label_spread(wish, place, MOST, pitch, 0, 100, work);
        assert_places_are_good(place, MOST, pitch, 0, 100);
    }
}

static void test_labels_with_room_stay(void **state)
{
    double wish[] = {10, 20, 30.5}, place[3];
    size_t work[3];

    (void)state;
    label_spread(wish, place, 3, 10, 0, 100, work);
    for (size_t i = 0; i < 3; i++)
        assert_true(fabs(place[i] - wish[i]) < ROUNDING);
}

/* Two that wish the same place move equally far from it; a third that they push moves with them: the mean of the
   three wishes less 0, 10 and 20 is (50 + 40 + 35) / 3. */
static void test_labels_share_the_way(void **state)
{
    double wish[] = {50, 50, 55}, place[3];
    size_t work[3];

    (void)state;
    label_spread(wish, place, 2, 10, 0, 100, work);
    assert_true(fabs(place[0] - 45) < ROUNDING && fabs(place[1] - 55) < ROUNDING);
    label_spread(wish, place, 3, 10, 0, 100, work);
    assert_true(fabs(place[0] - 125.0 / 3) < ROUNDING && fabs(place[2] - (125.0 / 3 + 20)) < ROUNDING);
}

static void test_labels_at_the_edge_stay_inside(void **state)
{
    double wish[] = {-20, -10, 99, 120}, place[4];
    size_t work[4];

    (void)state;
    label_spread(wish, place, 4, 10, 0, 100, work);
    assert_places_are_good(place, 4, 10, 0, 100);
    assert_true(place[0] == 5 && place[3] == 95);
}

static void test_too_many_labels_are_spread_evenly(void **state)
{
    double wish[] = {1, 2, 3, 4}, place[4];
    size_t work[4];

    (void)state;
    label_spread(wish, place, 4, 50, 0, 100, work); /* four quarters, at whose middles they stand */
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs(place[i] - (12.5 + 25 * (double)i)) < ROUNDING);
    assert_true(label_pitch(4, 50, 0, 100) == 25);
    assert_true(label_pitch(2, 50, 0, 100) == 50);
    assert_true(label_pitch(0, 50, 0, 100) == 50);
}

static void test_no_labels(void **state)
{
    double place = 7;
    size_t work;

    (void)state;
    label_spread(NULL, &place, 0, 10, 0, 100, &work);
    assert_true(place == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forty_labels_do_not_overlap),
        cmocka_unit_test(test_labels_with_room_stay),
        cmocka_unit_test(test_labels_share_the_way),
        cmocka_unit_test(test_labels_at_the_edge_stay_inside),
        cmocka_unit_test(test_too_many_labels_are_spread_evenly),
        cmocka_unit_test(test_no_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
