/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast recordings are read, by all threads and by one, against bare libcsv, which only counts the fields of the
   same file. They take turns; the best of each is printed. Makes its own file: bench_read FILE ROWS. */
#include "analyze/run.h"

#include <csv.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define ROUNDS 5
#define ROWS_A_RUN 20

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int make_file(const char *path, long rows)
{
    FILE *file = fopen(path, "w");
    struct sample sample = sample_unknown();

    if (!file)
        return -1;
    sample.host = "bench";
    sample.model = "model";
    sample.family = "thread";
    sample_write_header(file);
    for (long i = 0; i < rows; i++) {
        sample.tasks = 100000;
        sample.run = i / ROWS_A_RUN + 1;
        sample.phase = i % ROWS_A_RUN == ROWS_A_RUN - 1 ? SAMPLE_END : SAMPLE_HOLD;
        sample.status = sample.phase == SAMPLE_END ? SAMPLE_OK : SAMPLE_NO_STATUS;
        sample.time_us = i * 997;
        sample.rss_bytes = sample.pss_bytes = sample.uss_bytes = sample.peak_rss_bytes = 4096 * i;
        sample.page_table_bytes = 8192;
        sample.threads = 100001;
        sample.user_us = sample.system_us = 10 * i;
        sample_write(&sample, file);
    }
    return fclose(file);
}

static void count_field(void *bytes, size_t length, void *count)
{
    (void)bytes;
    (void)length;
    ++*(size_t *)count;
}

static double read_bare(const char *path)
{
    double began = now();
    struct csv_parser parser;
    char block[65536];
    size_t length, count = 0;
    FILE *file = fopen(path, "r");

    csv_init(&parser, CSV_STRICT);
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        csv_parse(&parser, block, length, count_field, NULL, &count);
    csv_fini(&parser, count_field, NULL, &count);
    csv_free(&parser);
    fclose(file);
    return now() - began;
}

static void check(int result, const struct error *error)
{
    if (result == 0)
        return;
    fprintf(stderr, "bench_read: %s\n", error->text);
    exit(EXIT_FAILURE);
}

static double read_recording(const char *path)
{
    double began = now();
    struct recordings recordings = {0};
    struct error error;

    check(recordings_read(&recordings, path, &error), &error);
    recordings_free(&recordings);
    return now() - began;
}

static double read_by_one(const char *path)
{
    double began = now();
    struct run_list list = {0};
    struct error error;

    check(run_list_read(&list, path, (struct rows_span){0, 0, LONG_MAX}, &error), &error);
    run_list_free(&list);
    texts_free(&list.texts);
    return now() - began;
}

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

static void tell_speed(const char *threads, const char *path, double rows, double seconds)
{
    struct stat status;

    if (stat(path, &status) == 0)
        printf("%s: %.2f million rows and %.0f MB a second\n", threads, rows / seconds * 1e-6,
               (double)status.st_size / seconds * 1e-6);
}

int main(int argc, char **argv)
{
    double bare = 1e9, recording = 1e9, by_one = 1e9;

    if (argc != 3 || make_file(argv[1], atol(argv[2])) != 0) {
        fprintf(stderr, "usage: bench_read FILE ROWS\n");
        return 2;
    }
    for (int i = 0; i < ROUNDS; i++) {
        bare = lesser(bare, read_bare(argv[1]));
        recording = lesser(recording, read_recording(argv[1]));
        by_one = lesser(by_one, read_by_one(argv[1]));
    }
    printf("reading %s rows, speed over that of bare libcsv: %.2f (best of %d: %.2f s / %.2f s)\n", argv[2],
           bare / recording, ROUNDS, recording, bare);
    tell_speed("all threads", argv[1], atof(argv[2]), recording);
    tell_speed("one thread", argv[1], atof(argv[2]), by_one);
    return EXIT_SUCCESS;
}
