/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the sidecar stands. What stands in it is tested on whole sweeps, in collect.bats. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/sidecar.h"

#include <stdlib.h>

static void name_follows_the_recordings(void **state)
{
    static const struct {
        const char *recording, *sidecar;
    } cases[] = {
        {"x.csv", "x.json"}, {"a.b/x.csv", "a.b/x.json"}, {"x.csv.csv", "x.csv.json"},
        {"x", "x.json"},     {"x.txt", "x.txt.json"},     {"a.csv/x", "a.csv/x.json"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = sidecar_path(cases[i].recording);

        assert_string_equal(path, cases[i].sidecar);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(name_follows_the_recordings)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
