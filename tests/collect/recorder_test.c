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

static char directory[] = "/tmp/taskweight-recorder-XXXXXX", path[64];

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/x.csv", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
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

static int create_and_begin(struct recorder *recorder, struct error *error)
{
    int result = recorder_create(recorder, path, error);

    return result == 0 ? recorder_begin(recorder, error) : result;
}

static void rows_are_appended(void **state)
{
    struct recorder recorder;
    struct error error;
    struct sample rows[2] = {some_row(), some_row()};
    off_t header;

    (void)state;
    assert_int_equal(create_and_begin(&recorder, &error), 0);
    header = size_of_file();
    assert_int_equal(recorder_append(&recorder, rows, 2, &error), 0);
    assert_int_equal(size_of_file() - header, 2 * (off_t)strlen("lab,null,,,,idle,,,,,,,,,,,,,,,,,,,,,,,,,\n"));
    assert_int_equal(recorder_close(&recorder, &error), 0);
}

static void existing_file_is_never_overwritten(void **state)
{
    struct recorder recorder;
    struct error error;
    off_t before;

    (void)state;
    assert_int_equal(create_and_begin(&recorder, &error), 0);
    before = size_of_file();
    recorder_close(&recorder, &error);
    assert_int_equal(recorder_create(&recorder, path, &error), RECORDER_TAKEN);
    assert_non_null(strstr(error.text, "exists already"));
    assert_int_equal(size_of_file(), before);
}

/* As a sweep leaves it that was killed before it had a sidecar. */
static void an_empty_file_is_taken_unless_another_has_it(void **state)
{
    struct recorder first, second;
    struct error error;

    (void)state;
    assert_int_equal(recorder_create(&first, path, &error), 0);
    assert_int_equal(size_of_file(), 0);
    assert_int_equal(recorder_create(&second, path, &error), RECORDER_TAKEN);
    recorder_close(&first, &error);
    assert_int_equal(create_and_begin(&second, &error), 0);
    assert_true(size_of_file() > 0);
    recorder_discard(&second);
    assert_int_equal(access(path, F_OK), -1);
}

static void what_is_no_file_is_not_taken(void **state)
{
    struct recorder recorder;
    struct error error;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(recorder_create(&recorder, path, &error), RECORDER_TAKEN);
    unlink(path);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(recorder_create(&recorder, path, &error), RECORDER_TAKEN);
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
    assert_int_equal(create_and_begin(&recorder, &error), 0);
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
    struct recorder recorder = {.descriptor = open("/dev/full", O_WRONLY), .path = "/dev/full"};
    struct error error;
    struct sample row = some_row();

    (void)state;
    assert_int_equal(recorder_append(&recorder, &row, 1, &error), -1);
    assert_string_equal(error.text, "/dev/full: cannot write: No space left on device");
    assert_int_equal(recorder_close(&recorder, &error), 0);
}

static void missing_directory_is_told_of(void **state)
{
    struct recorder recorder;
    struct error error;

    (void)state;
    assert_int_equal(recorder_create(&recorder, "/nonexistent/x.csv", &error), -1);
    assert_non_null(strstr(error.text, "/nonexistent/x.csv: cannot be made: No such file or directory"));
}

/* A sweep of two runs of one model with one task, of which the file has the first, whose end row continues so. Resumes
   it, appends the second run and returns the file's text; NULL and an error if that is refused. */
static char *text_when_resumed(const char *header, const char *end, struct error *error)
{
    struct model model = {.name = "null", .family = "none"};
    struct planned_run runs[] = {{.model = &model, .tasks = 1, .number = 1},
                                 {.model = &model, .tasks = 1, .number = 2}};
    const struct plan plan = {runs, 2};
    const struct setup setup = {.runs = 2, .shard = 1, .shards = 1};
    struct schedule schedule;
    struct sample row = some_row();
    struct recorder recorder;
    FILE *file = fopen(path, "w");
    char *text = NULL;
    size_t size = 0;
    int result;

    assert_non_null(file);
    fprintf(file, "%s\nlab,null,none,1,1,idle,,\nlab,null,none,1,1,end%s\nlab,null,none,1,2,idle,,\n", header, end);
    fclose(file);
    assert_int_equal(schedule_new(&schedule, &plan, &setup, error), 0);
    result = recorder_resume(&recorder, path, "lab", &schedule, error);
    assert_true(result != 0 || schedule.done == 1);
    schedule_free(&schedule);
    if (result != 0)
        return NULL;
    row.family = "none";
    row.tasks = 1;
    row.run = 2;
    row.phase = SAMPLE_END;
    row.status = SAMPLE_OK;
    row.reason = "-";
    row.started_us = 7;
    assert_int_equal(recorder_append(&recorder, &row, 1, error), 0);
    recorder_close(&recorder, error);
    file = fopen(path, "r");
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    return text;
}

/* The columns of the first version, and what the runs below leave empty of them. */
#define FIRST_COLUMNS                                                                                                  \
    "host,model,family,tasks,run,phase,time_us,alive,rss_bytes,pss_bytes,uss_bytes,peak_rss_bytes,page_table_bytes,"   \
    "kernel_stack_bytes,kernel_bytes,charged_bytes,peak_charged_bytes,threads,user_us,system_us,"

static void a_file_of_another_version_keeps_its_columns(void **state)
{
    static const struct {
        const char *header, *end;
    } cases[] = {
        {FIRST_COLUMNS "status,reason", ",,,,,,,,,,,,,,,ok,-"},
        {FIRST_COLUMNS "reason,status,invented_later", ",,,,,,,,,,,,,,,-,ok,"},
        {FIRST_COLUMNS "started_us,status,reason", ",,,,,,,,,,,,,,,7,ok,-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        char *expected, *text = text_when_resumed(cases[i].header, cases[i].end, &error);

        assert_true(asprintf(&expected,
                             "%s\nlab,null,none,1,1,idle,,\nlab,null,none,1,1,end%s\nlab,null,none,1,2,end%s\n",
                             cases[i].header, cases[i].end, cases[i].end) > 0);
        assert_string_equal(text, expected);
        free(expected);
        free(text);
    }
}

static void what_is_no_header_is_not_gone_on_with(void **state)
{
    static const char *const headers[] = {
        "host,model,family,tasks,run,phase",      /* most of them are missing */
        "time_us," FIRST_COLUMNS "status,reason", /* twice */
        FIRST_COLUMNS "status",
        "no header",
        "",
    };
    char message[128];

    (void)state;
    snprintf(message, sizeof message, "%s:1: is not the header of a recording", path);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct error error;

        assert_null(text_when_resumed(headers[i], ",,", &error));
        assert_string_equal(error.text, message);
    }
}

/* The rows of one model at one count with two works begin alike. */
static void a_run_of_another_work_is_not_gone_on_with(void **state)
{
    struct error error;

    (void)state;
    assert_null(text_when_resumed(FIRST_COLUMNS "status,reason,work", ",,,,,,,,,,,,,,,ok,,time", &error));
    assert_non_null(strstr(error.text, ":3: is not a row of the next run of its sidecar's plan"));
}

/* What a run has shown must be known to go on. */
static void an_end_row_that_cannot_be_read_is_not_gone_on_with(void **state)
{
    static const struct {
        const char *end, *why;
    } cases[] = {
        {",,,,,,,,,,,,,,,,-", "column status: empty (an end row says how the run ended)"},
        {",,", "a row of other fields than the header's"},
        {",,,,,,x,,,,,,,,,ok,-", "column peak_rss_bytes: 'x' is not a whole number or nothing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        char message[256];

        snprintf(message, sizeof message, "%s:3: %s", path, cases[i].why);
        assert_null(text_when_resumed(FIRST_COLUMNS "status,reason", cases[i].end, &error));
        assert_string_equal(error.text, message);
    }
}

/* A descriptor that collect did not open stays open, and text that others wrote to it stays. */
static void a_stream_is_written_to_and_left_open(void **state)
{
    struct recorder recorder;
    struct error error;
    struct sample row = some_row();
    FILE *stream = fopen(path, "w+e");
    char line[1024];

    (void)state;
    assert_non_null(stream);
    unlink(path); /* deleted when it is closed */
    assert_int_equal(write(fileno(stream), "before\n", 7), 7);
    assert_int_equal(recorder_stream(&recorder, fileno(stream), &error), 0);
    assert_int_equal(recorder_append(&recorder, &row, 1, &error), 0);
    assert_int_equal(recorder_close(&recorder, &error), 0);
    rewind(stream);
    assert_string_equal(fgets(line, sizeof line, stream), "before\n");
    assert_non_null(strstr(fgets(line, sizeof line, stream), "host,model,"));
    assert_non_null(strstr(fgets(line, sizeof line, stream), "lab,null,"));
    assert_int_equal(fclose(stream), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rows_are_appended, remove_file),
        cmocka_unit_test_teardown(existing_file_is_never_overwritten, remove_file),
        cmocka_unit_test_teardown(an_empty_file_is_taken_unless_another_has_it, remove_file),
        cmocka_unit_test_teardown(what_is_no_file_is_not_taken, remove_file),
        cmocka_unit_test_teardown(half_a_run_is_cut_off_again, remove_file),
        cmocka_unit_test_teardown(a_file_of_another_version_keeps_its_columns, remove_file),
        cmocka_unit_test_teardown(what_is_no_header_is_not_gone_on_with, remove_file),
        cmocka_unit_test_teardown(an_end_row_that_cannot_be_read_is_not_gone_on_with, remove_file),
        cmocka_unit_test_teardown(a_run_of_another_work_is_not_gone_on_with, remove_file),
        cmocka_unit_test(full_disk_is_told_of),
        cmocka_unit_test(a_stream_is_written_to_and_left_open),
        cmocka_unit_test(missing_directory_is_told_of),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
