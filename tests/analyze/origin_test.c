/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When two recordings of one host name are of two machines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/origin.h"

#include <stdbool.h>
#include <stdio.h>

static const struct origin *place(struct origins *origins, const char *path, const char *machine)
{
    char text[256];
    json_object *sidecar;
    const struct origin *origin;

    snprintf(text, sizeof text, "{\"machine\": {%s}}", machine);
    sidecar = json_tokener_parse(text);
    assert_non_null(sidecar);
    origin = origins_place(origins, path, "vm", sidecar);
    assert_non_null(origin);
    json_object_put(sidecar);
    return origin;
}

#define MACHINE                                                                                                        \
    "\"processor\": \"AMD EPYC\", \"architecture\": \"x86_64\", \"cores\": 2, \"page_bytes\": 4096, "                  \
    "\"memory_bytes\": 16000000000"

/* Each against a machine of 2 cores, 4 KiB pages and 16 GB. */
static void a_machine_is_another_by_its_facts(void **state)
{
    static const struct {
        const char *machine;
        bool is_same;
    } cases[] = {
        {MACHINE, true},
        {MACHINE ", \"kernel\": \"6.1\", \"cgroup\": \"v2\"", true},
        {"\"processor\": \"AMD EPYC\", \"memory_bytes\": 16000000000", true}, /* a missing fact is not compared */
        {"", true},
        {"\"memory_bytes\": 14500000000", true},  /* 9 % less */
        {"\"memory_bytes\": 14300000000", false}, /* 11 % less */
        {"\"memory_bytes\": 32000000000", false},
        {"\"processor\": \"Intel Xeon\"", false},
        {"\"architecture\": \"aarch64\"", false},
        {"\"cores\": 4", false},
        {"\"page_bytes\": 65536", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct origins origins = {0};
        const struct origin *first = place(&origins, "a.csv", MACHINE);

        assert_string_equal(first->name, "vm");
        assert_null(first->apart);
        assert_int_equal(place(&origins, "b.csv", cases[i].machine) == first, cases[i].is_same);
        origins_free(&origins);
    }
}

static void another_machine_is_called_after_its_first_recording(void **state)
{
    struct origins newer = {0}, older = {.beside = &newer};
    const struct origin *a = place(&newer, "a.csv", "\"cores\": 2"), *b = place(&newer, "b.csv", "\"cores\": 4");

    (void)state;
    assert_string_equal(b->name, "vm (b.csv)");
    assert_string_equal(b->apart, "its host vm is another machine than that of a.csv (cores: 4 here, 2 there) and is "
                                  "called \"vm (b.csv)\" (label them to name them otherwise: a=a.csv b=b.csv)");
    assert_ptr_equal(place(&newer, "c.csv", "\"cores\": 4"), b);
    assert_string_equal(origin_name(b, "vm"), "vm (b.csv)");
    assert_string_equal(origin_name(b, "lab"), "lab"); /* that the sidecar does not name */
    assert_string_equal(origin_name(NULL, "vm"), "vm");
    /* the recordings beside them have the same names */
    assert_ptr_equal(place(&older, "d.csv", "\"cores\": 2"), a);
    assert_ptr_equal(place(&older, "e.csv", "\"cores\": 4"), b);
    assert_string_equal(place(&older, "f.csv", "\"cores\": 8")->name, "vm (f.csv)");
    origins_free(&older);
    origins_free(&newer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_is_another_by_its_facts),
        cmocka_unit_test(another_machine_is_called_after_its_first_recording),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
