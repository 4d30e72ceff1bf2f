/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When two recordings of one host name are of two machines, or have two programs of one name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/origin.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

/* A sidecar with these models, of a machine of 2 cores. */
static json_object *with_models(const char *models)
{
    json_object *sidecar;
    char text[512];

    snprintf(text, sizeof text, "{\"machine\": {\"cores\": 2}, \"models\": {%s}}", models);
    sidecar = json_tokener_parse(text);
    assert_non_null(sidecar);
    return sidecar;
}

static const struct origin *place_models(struct origins *origins, const char *path, const char *label,
                                         const char *models)
{
    json_object *sidecar = with_models(models);
    const struct origin *origin =
        label ? origins_place_label(origins, path, label, sidecar) : origins_place(origins, path, "vm", sidecar);

    assert_non_null(origin);
    json_object_put(sidecar);
    return origin;
}

#define MINE "\"mine\": {\"path\": \"/x/mine\", \"sha256\": \"1111111111111111\"}"
#define ITS_OTHER_BUILD "\"mine\": {\"path\": \"/x/mine\", \"sha256\": \"2222222222222222\"}"
#define ANOTHER "\"mine\": {\"path\": \"/y/mine\", \"sha256\": \"2222222222222222\"}"
#define NULL_MODEL "\"null\": {\"path\": \"/x/null\", \"sha256\": \"3333333333333333\"}"
#define OTHER_NULL_MODEL "\"null\": {\"path\": \"/x/null\", \"sha256\": \"4444444444444444\"}"

static void a_program_is_another_by_its_hash(void **state)
{
    static const struct {
        const char *models;
        bool is_same;
    } cases[] = {
        {MINE, true},
        {ITS_OTHER_BUILD, false},
        {ANOTHER, false},
        {NULL_MODEL ", " MINE, true},
        {NULL_MODEL ", " ANOTHER, false},
        {NULL_MODEL, true},
        {"", true},
        {"\"mine\": {\"version\": \"2\"}", true}, /* recorded before sidecars had hashes */
        {"\"mine\": {\"path\": \"/y/mine\", \"sha256\": \"1111111111111111\"}", true}, /* moved */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct origins origins = {0};
        const struct origin *first = place_models(&origins, "a.csv", NULL, MINE);

        assert_int_equal(place_models(&origins, "b.csv", NULL, cases[i].models) == first, cases[i].is_same);
        origins_free(&origins);
    }
}

static void recordings_with_another_program_stand_apart(void **state)
{
    struct origins newer = {0}, older = {.beside = &newer};
    const struct origin *a = place_models(&newer, "a.csv", NULL, MINE), *b, *c;

    (void)state;
    b = place_models(&newer, "b.csv", NULL, ANOTHER);
    assert_string_equal(b->name, "vm (b.csv)");
    assert_string_equal(b->apart,
                        "its mine is another program than that of a.csv (/y/mine here, /x/mine there), so its "
                        "host vm is called \"vm (b.csv)\" (label them to name them otherwise: a=a.csv b=b.csv; "
                        "analyze --pool takes them for two hosts)");
    c = place_models(&newer, "c.csv", NULL, MINE ", " NULL_MODEL);
    assert_ptr_equal(c, a);
    /* held against every recording of the origin, not only its first */
    c = place_models(&newer, "d.csv", NULL, OTHER_NULL_MODEL);
    assert_ptr_equal(c, b);
    c = place_models(&newer, "e.csv", NULL, ITS_OTHER_BUILD ", " NULL_MODEL);
    assert_string_equal(c->name, "vm (e.csv)");
    assert_non_null(strstr(c->apart, "than that of a.csv (sha256 222222222222 here, 111111111111 there), so"));
    /* an older build is what one compares with */
    assert_ptr_equal(place_models(&older, "f.csv", NULL, ANOTHER), a);
    origins_free(&older);
    origins_free(&newer);
}

static void labels_do_not_hide_another_program(void **state)
{
    struct origins origins = {0};
    const struct origin *first = place_models(&origins, "a.csv", "lab", MINE), *other;

    (void)state;
    assert_string_equal(first->name, "lab");
    assert_ptr_equal(place_models(&origins, "b.csv", "lab", MINE), first);
    other = place_models(&origins, "c.csv", "lab", ANOTHER);
    assert_string_equal(other->name, "lab (c.csv)");
    assert_string_equal(place_models(&origins, "d.csv", "bench", ANOTHER)->name, "bench");
    assert_null(origins.first->apart);
    origins_free(&origins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_is_another_by_its_facts),
        cmocka_unit_test(another_machine_is_called_after_its_first_recording),
        cmocka_unit_test(a_program_is_another_by_its_hash),
        cmocka_unit_test(recordings_with_another_program_stand_apart),
        cmocka_unit_test(labels_do_not_hide_another_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
