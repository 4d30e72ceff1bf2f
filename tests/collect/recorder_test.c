/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording on a disk that is full, or becomes so in the middle of a run. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/recorder.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/taskweight-recorder-XXXXXX", path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/x.csv", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static off_t size_of_file(void)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

static struct sample some_row(void)
{
    struct sample sample = sample_unknown();

    sample.host = "lab";
    sample.model = "null";
    return sample;
}

static void rows_are_appended(void **state)
{
    struct recorder recorder;
    struct error error;
    struct sample rows[2] = {some_row(), some_row()};
    off_t header;

    (void)state;
    assert_int_equal(recorder_create(&recorder, path, &error), 0);
    header = size_of_file();
    assert_int_equal(recorder_append(&recorder, rows, 2, &error), 0);
    assert_int_equal(size_of_file() - header, 2 * (off_t)strlen("lab,null,,,,idle,,,,,,,,,,,,,,,,\n"));
    assert_int_equal(recorder_close(&recorder, &error), 0);
}

static void existing_file_is_never_overwritten(void **state)
{
    struct recorder recorder;
    struct error error;
    off_t before;

    (void)state;
    assert_int_equal(recorder_create(&recorder, path, &error), 0);
    before = size_of_file();
    recorder_close(&recorder, &error);
    assert_int_equal(recorder_create(&recorder, path, &error), -1);
    assert_non_null(strstr(error.text, "exists already"));
    assert_int_equal(size_of_file(), before);
}

/* The kernel cuts a write at RLIMIT_FSIZE, as a full disk does. */
static void half_a_run_is_cut_off_again(void **state)
{
    struct recorder recorder;
    struct error error;
    struct sample rows[100];
    struct rlimit unlimited, limit;
    off_t before;

    (void)state;
    for (size_t i = 0; i < 100; i++)
        rows[i] = some_row();
    assert_int_equal(recorder_create(&recorder, path, &error), 0);
    before = size_of_file();
    getrlimit(RLIMIT_FSIZE, &unlimited);
    signal(SIGXFSZ, SIG_IGN);
    limit = (struct rlimit){(rlim_t)before + 1000, unlimited.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(recorder_append(&recorder, rows, 100, &error), -1);
    setrlimit(RLIMIT_FSIZE, &unlimited);
    assert_non_null(strstr(error.text, "No space left on device"));
    assert_int_equal(size_of_file(), before);
    assert_int_equal(recorder_append(&recorder, rows, 1, &error), 0);
    recorder_close(&recorder, &error);
}

static void full_disk_is_told_of(void **state)
{
    struct recorder recorder = {open("/dev/full", O_WRONLY), "/dev/full"};
    struct error error;
    struct sample row = some_row();

    (void)state;
    assert_int_equal(recorder_append(&recorder, &row, 1, &error), -1);
    assert_string_equal(error.text, "/dev/full: cannot write: No space left on device");
    assert_int_equal(recorder_close(&recorder, &error), 0);
}

static void missing_folder_is_told_of(void **state)
{
    struct recorder recorder;
    struct error error;

    (void)state;
    assert_int_equal(recorder_create(&recorder, "/nonexistent/x.csv", &error), -1);
    assert_non_null(strstr(error.text, "/nonexistent/x.csv: cannot be made: No such file or directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rows_are_appended, remove_file),
        cmocka_unit_test_teardown(existing_file_is_never_overwritten, remove_file),
        cmocka_unit_test_teardown(half_a_run_is_cut_off_again, remove_file),
        cmocka_unit_test(full_disk_is_told_of),
        cmocka_unit_test(missing_folder_is_told_of),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
