/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sidecar's path, and conditions that must not change. sweep_models.bats tests its contents on whole sweeps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/sidecar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void name_follows_the_recordings(void **state)
{
    static const struct {
        const char *recording, *sidecar;
    } cases[] = {
        {"x.csv", "x.json"},     {"a.b/x.csv", "a.b/x.json"}, {"x.csv.csv", "x.csv.json"}, {"x", "x.json"},
        {"x.txt", "x.txt.json"}, {"a.csv/x", "a.csv/x.json"}, {"x.csv.gz", "x.json"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = sidecar_path(cases[i].recording);

        assert_string_equal(path, cases[i].sidecar);
        free(path);
    }
}

/* A sidecar with these members, and empty sections where none is given. */
static json_object *sidecar_with(const char *members)
{
    static const char *const sections[] = {"machine", "versions", "models"};
    json_object *sidecar = json_tokener_parse(members);

    assert_non_null(sidecar);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (!json_object_object_get_ex(sidecar, sections[i], NULL))
            json_object_object_add(sidecar, sections[i], json_object_new_object());
    return sidecar;
}

#define AGAIN " (start a new recording)"

static void conditions_that_changed_are_named(void **state)
{
    static const struct {
        const char *old, *now, *message; /* NULL: may go on */
    } cases[] = {
        {"{'environment': {'GOGC': '50', 'nice': 0}}", "{'environment': {'nice': 0, 'GOGC': '50'}}", NULL},
        {"{'environment': {'JAVA_TOOL_OPTIONS': '-Xmx64m'}}", "{'environment': {}}",
         "environment.JAVA_TOOL_OPTIONS was \"-Xmx64m\" when the sweep began and is not set now" AGAIN},
        {"{'environment': {}}", "{'environment': {'GOGC': '50'}}",
         "environment.GOGC was not set when the sweep began and is \"50\" now" AGAIN},
        {"{'environment': {'GOGC': ''}}", "{'environment': {'GOGC': '50'}}",
         "environment.GOGC was \"\" when the sweep began and is \"50\" now" AGAIN},
        {"{'environment': {'stack_limit_bytes': 8388608}}", "{'environment': {'stack_limit_bytes': 'unlimited'}}",
         "environment.stack_limit_bytes was 8388608 when the sweep began and is \"unlimited\" now" AGAIN},
        /* made before sidecars had an environment */
        {"{}", "{'environment': {'GOGC': '50', 'nice': 0}}", NULL},
        {"{'machine': {'cores': 2}}", "{'machine': {'cores': 4}, 'environment': {}}",
         "machine.cores was 2 when the sweep began and is 4 now" AGAIN},
        {"{'schema_version': 1}", "{'environment': {}}", NULL},
        {"{'schema_version': 2}", "{'environment': {}}",
         "the sidecar is of schema version 2, and this collect knows 1 (resume with the one that began the sweep)"},
        {"{'models': {'mine': {'version': '1', 'sha256': 'a'}}}",
         "{'models': {'mine': {'version': '1', 'sha256': 'a'}}}", NULL},
        {"{'models': {'mine': {'sha256': 'a', 'path': '/x'}}}", "{'models': {'mine': {'sha256': 'a', 'path': '/y'}}}",
         NULL},
        {"{'models': {'mine': {'sha256': 'a'}}}", "{'models': {'mine': {'sha256': 'b'}}}",
         "models.mine.sha256 was \"a\" when the sweep began and is \"b\" now" AGAIN},
        {"{'models': {'mine': {'version': '1'}}}", "{'models': {'mine': {'version': '2'}}}",
         "models.mine.version was \"1\" when the sweep began and is \"2\" now" AGAIN},
        {"{'models': {}}", "{'models': {'mine': {}}}", "models.mine was not there when the sweep began" AGAIN},
        /* made before sidecars had hashes */
        {"{'models': {'mine': {'version': '1'}}}", "{'models': {'mine': {'version': '1', 'sha256': 'b'}}}", NULL},
        /* made before sidecars had it */
        {"{'environment': {'nice': 0}}", "{'environment': {'nice': 0, 'timer_slack_ns': 50000}}", NULL},
        {"{'environment': {'timer_slack_ns': 1}}", "{'environment': {'timer_slack_ns': 50000}}",
         "environment.timer_slack_ns was 1 when the sweep began and is 50000 now" AGAIN},
        /* a bound on how far a model gets */
        {"{'machine': {'limits': {'open_files': 1}}}", "{'machine': {'limits': {}}, 'environment': {}}", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_object *old = sidecar_with(cases[i].old), *now = sidecar_with(cases[i].now);
        struct error error = {""};

        assert_int_equal(sidecar_compare(old, now, &error), cases[i].message ? -1 : 0);
        assert_string_equal(error.text, cases[i].message ? cases[i].message : "");
        json_object_put(old);
        json_object_put(now);
    }
}

/* Names of files and variables may hold any bytes, and RFC 8259 says that JSON is UTF-8. */
static void what_is_not_utf8_is_mended(void **state)
{
    char path[] = "/tmp/sidecar_test-XXXXXX.json", recording[sizeof path];
    int file = mkstemps(path, (int)strlen(".json"));
    json_object *document = json_object_new_object(), *read;
    struct error error;

    (void)state;
    assert_true(file >= 0);
    json_object_object_add(document, "command", json_object_new_string("m\xf6glich m\xc3\xb6glich"));
    snprintf(recording, sizeof recording, "%.*s.csv", (int)(strlen(path) - strlen(".json")), path);
    assert_int_equal(sidecar_write(document, recording, &error), 0);
    read = json_object_from_file(path);
    assert_string_equal(sidecar_text(read, NULL, "command"), "m?glich m\xc3\xb6glich");
    json_object_put(read);
    json_object_put(document);
    close(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_follows_the_recordings),
        cmocka_unit_test(conditions_that_changed_are_named),
        cmocka_unit_test(what_is_not_utf8_is_mended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
