/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a recipe of a server says, and what is said of one that is wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/models/connection/recipe.h"
#include "tests/collect/files.h"

/* Reads a recipe of that text. */
static bool read_text(struct recipe *recipe, const char *text)
{
    char directory[PATH_MAX], path[PATH_MAX + 8];
    bool is_good;

    files_make(directory);
    files_put(directory, "mine", text);
    snprintf(path, sizeof path, "%s/mine", directory);
    is_good = recipe_read(recipe, path);
    files_remove(directory);
    return is_good;
}

static void a_recipe_has_a_script_and_what_is_said(void **state)
{
    struct recipe recipe;

    (void)state;
    assert_true(read_text(&recipe,
                          "#!/usr/bin/env connection\n\nsummary  a client\nserver first $PORT\n# a comment\n"
                          "server second\nsay PING\\r\\n\nexpect +PONG \nuntil \\x00\\0Z\\\\\r\npackage one\n"));
    assert_string_equal(recipe.summary, "a client");
    assert_string_equal(recipe.server, "first $PORT\nsecond\n");
    assert_string_equal(recipe.package, "one");
    assert_string_equal(recipe.version, "");
    assert_int_equal(recipe.say.length, 6);
    assert_memory_equal(recipe.say.at, "PING\r\n", 6);
    assert_int_equal(recipe.expect.length, 6); /* the blank at its end counts */
    assert_memory_equal(recipe.expect.at, "+PONG ", 6);
    assert_int_equal(recipe.until.length, 4);
    assert_memory_equal(recipe.until.at, "\0\0Z\\", 4);
    recipe_free(&recipe);
}

static void a_parameter_is_taken_where_the_script_has_it(void **state)
{
    static const struct {
        const char *text;
        bool takes;
    } cases[] = {
        {"server x $PORT\nsay x\n", false},
        {"server x $PORT $PARAMETER\nsay x\n", true},
        {"server x $PORT ${PARAMETER:-1}\nsay x\n", true},
        {"server x $PORT $PARAMETER\nsay x\ntls 7\n", true},
        {"server x $PORT $PARAMETER\nsay x\ntls tls\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recipe recipe;

        assert_true(read_text(&recipe, cases[i].text));
        assert_int_equal(recipe_takes(&recipe, "7"), cases[i].takes);
        recipe_free(&recipe);
    }
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"say x\n", "mine: has no line 'server COMMAND', which starts the server"},
        {"server x $PORT\n", "mine: has neither 'say BYTES' nor 'expect BYTES'"},
        {"server x $PORT\nsay x\nuntil y\n", "mine: has 'until', but no 'expect BYTES'"},
        {"server x\nsay x\n", "mine: has no $PORT in its server, which has to listen at 127.0.0.1:$PORT"},
        {"server x $PORT\nsay a\\q\n", "mine:2: \\q is no escape"},
        {"server x $PORT\nexpect a\\x4g\n", "mine:2: \\x4g is no escape"},
        {"server x $PORT\nsay a\\\n", "mine:2: \\ is no escape"},
        {"server x $PORT\nsay a\nsay b\n", "mine:3: say is there twice"},
        {"listen 80\n", "mine:1: 'listen' is no key (summary, server, say,"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recipe recipe;

        assert_false(read_text(&recipe, cases[i].text));
        assert_non_null(strstr(recipe.fault, cases[i].fault));
        recipe_free(&recipe);
    }
}

static void a_file_that_is_not_there_is_told(void **state)
{
    struct recipe recipe;

    (void)state;
    assert_false(recipe_read(&recipe, "/nowhere/mine"));
    assert_string_equal(recipe.fault, "/nowhere/mine: No such file or directory");
    recipe_free(&recipe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recipe_has_a_script_and_what_is_said),
        cmocka_unit_test(a_parameter_is_taken_where_the_script_has_it),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(a_file_that_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
