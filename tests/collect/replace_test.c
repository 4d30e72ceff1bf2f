/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are whole: what was there is replaced at once, or stays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/replace.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/replace_test-XXXXXX";

static int enter(void **state)
{
    (void)state;
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    DIR *stream = opendir(".");
    const struct dirent *entry;

    (void)state;
    if (!stream)
        return -1;
    while ((entry = readdir(stream)))
        unlink(entry->d_name);
    closedir(stream);
    return rmdir(directory);
}

static void assert_holds(const char *path, const char *text)
{
    char read[64] = "";
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_true(fread(read, 1, sizeof read - 1, file) < sizeof read - 1);
    fclose(file);
    assert_string_equal(read, text);
}

static void assert_entries(size_t expected)
{
    DIR *stream = opendir(".");
    const struct dirent *entry;
    size_t entries = 0;

    assert_non_null(stream);
    while ((entry = readdir(stream)))
        entries += *entry->d_name != '.';
    closedir(stream);
    assert_int_equal(entries, expected);
}

static void write_text(const char *path, const char *text)
{
    struct error error = {""};
    int result = replace_file(path, text, strlen(text), &error);

    if (result != 0)
        fail_msg("%s", error.text);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void a_new_file_has_the_users_mode_and_an_old_one_keeps_its_own(void **state)
{
    mode_t mask = umask(027);

    (void)state;
    write_text("mode", "new");
    umask(mask);
    assert_int_equal(mode_of("mode"), 0640);
    assert_int_equal(chmod("mode", 0604), 0);
    write_text("mode", "newer");
    assert_holds("mode", "newer");
    assert_int_equal(mode_of("mode"), 0604);
    assert_int_equal(unlink("mode"), 0);
    assert_entries(0);
}

/* Beyond RLIMIT_FSIZE a write fails as on a full disk. */
static void what_was_there_stays_where_the_new_one_is_not_whole(void **state)
{
    struct rlimit before, limit;
    struct error error;
    int result;

    (void)state;
    write_text("good", "old");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){4, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    result = replace_file("good", "newer", 5, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(result, -1);
    assert_string_equal(error.text, "good: cannot write: File too large");
    assert_holds("good", "old");
    assert_entries(1);
    unlink("good");
}

static void of_links_the_target_is_replaced(void **state)
{
    (void)state;
    write_text("target", "old");
    assert_int_equal(mkdir("deeper", 0700), 0);
    assert_int_equal(symlink("../target", "deeper/link"), 0);
    assert_int_equal(symlink("deeper/link", "link"), 0);
    assert_int_equal(symlink("none", "dangling"), 0);
    write_text("link", "new");
    write_text("dangling", "new");
    assert_holds("target", "new");
    assert_holds("none", "new");
    assert_true(readlink("link", (char[16]){0}, 16) > 0 && readlink("dangling", (char[16]){0}, 16) > 0);
    unlink("deeper/link");
    rmdir("deeper");
    unlink("link");
    unlink("dangling");
    unlink("none");
    unlink("target");
    assert_entries(0);
}

/* A shell's redirection stays connected to the file: no other takes its place. */
static void open_files_and_pipes_are_written_to_as_they_are(void **state)
{
    char path[32], got[8] = "";
    int file = open("open", O_RDWR | O_CREAT | O_CLOEXEC, 0600), ends[2];

    (void)state;
    assert_true(file >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    assert_int_equal(symlink(path, "stdout"), 0);
    write_text("stdout", "text");
    assert_int_equal(pread(file, got, sizeof got, 0), 4);
    assert_string_equal(got, "text");
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    write_text(path, "piped");
    assert_int_equal(read(ends[0], got, sizeof got), 5);
    assert_memory_equal(got, "piped", 5);
    write_text("/dev/null", "nothing");
    close(ends[0]);
    close(ends[1]);
    close(file);
    unlink("stdout");
    unlink("open");
    assert_entries(0);
}

static void errors_name_the_path(void **state)
{
    struct error error;

    (void)state;
    assert_int_equal(replace_file("/dev/full", "x", 1, &error), -1);
    assert_string_equal(error.text, "/dev/full: cannot write: No space left on device");
    assert_int_equal(replace_file("missing/x", "x", 1, &error), -1);
    assert_string_equal(error.text, "missing/x: cannot be made: No such file or directory (name another)");
    assert_int_equal(replace_file(".", "x", 1, &error), -1);
    assert_string_equal(error.text, ".: cannot be made: Is a directory (name another)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_file_has_the_users_mode_and_an_old_one_keeps_its_own),
        cmocka_unit_test(what_was_there_stays_where_the_new_one_is_not_whole),
        cmocka_unit_test(of_links_the_target_is_replaced),
        cmocka_unit_test(open_files_and_pipes_are_written_to_as_they_are),
        cmocka_unit_test(errors_name_the_path),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
