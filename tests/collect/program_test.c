/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashes of programs, as sha256sum prints them of the same bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/program.h"
#include "tests/collect/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* FIPS 180-2, B.1 and B.2, and of no byte. */
#define OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static char directory[PATH_MAX], path[PATH_MAX + 8];

static int make_directory(void **state)
{
    (void)state;
    files_make(directory);
    snprintf(path, sizeof path, "%s/mine", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    files_remove(directory);
    return 0;
}

static void assert_hash(char *hash, const char *expected)
{
    assert_string_equal(hash, expected);
    free(hash);
}

static void a_text_has_a_hash(void **state)
{
    (void)state;
    assert_hash(program_hash_text("abc"), OF_ABC);
    assert_hash(program_hash_text(""), OF_NOTHING);
}

static void a_file_has_that_of_its_bytes(void **state)
{
    (void)state;
    assert_null(program_hash_file(path));
    files_put(directory, "mine", "abc");
    assert_hash(program_hash_file(path), OF_ABC);
}

/* Files only, in the order of their names; another program's do not count. */
static void what_a_script_execs_counts(void **state)
{
    (void)state;
    files_put(directory, "mine", "a");
    files_make_below(directory, "lib");
    files_make_below(directory, "lib/mine");
    files_make_below(directory, "lib/mine/cache");
    files_make_below(directory, "lib/other");
    files_put(directory, "lib/mine/2.jar", "c");
    files_put(directory, "lib/mine/1.jar", "b");
    files_put(directory, "lib/mine/cache/3.jar", "d");
    files_put(directory, "lib/other/1.jar", "d");
    assert_hash(program_hash_file(path), OF_ABC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_has_a_hash),
        cmocka_unit_test(a_file_has_that_of_its_bytes),
        cmocka_unit_test(what_a_script_execs_counts),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
