/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells and traces are of the same runs, whatever is wrong with a recording. In each test a run's only figure is larger
   than that of the run before, so that the values of a cell, which are sorted, stand in the order of its traces. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/trace.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A recording that is being written. */
struct written {
    char path[32];
    FILE *stream;
};

static struct written begin_recording(void)
{
    struct written written = {.path = "/tmp/trace_test-XXXXXX"};

    written.stream = fdopen(mkstemp(written.path), "w");
    assert_non_null(written.stream);
    sample_write_header(written.stream);
    return written;
}

static void write_sample(FILE *stream, const char *host, int64_t number, enum sample_phase phase, int64_t rss)
{
    struct sample sample = sample_unknown();

    sample.host = host;
    sample.model = "model";
    sample.family = "thread";
    sample.tasks = 10;
    sample.run = number;
    sample.phase = phase;
    sample.status = phase == SAMPLE_END ? SAMPLE_OK : SAMPLE_NO_STATUS;
    sample.time_us = 1000000 * (int64_t)phase;
    sample.rss_bytes = sample.peak_rss_bytes = rss;
    sample_write(&sample, stream);
}

static void write_run(FILE *stream, const char *host, int64_t number, int64_t rss)
{
    write_sample(stream, host, number, SAMPLE_SPAWN, rss / 2);
    write_sample(stream, host, number, SAMPLE_HOLD, rss);
    write_sample(stream, host, number, SAMPLE_END, rss);
}

/* The series and traces of the files. */
struct reading {
    struct recordings recordings;
    struct series_list list;
    struct trace *trace;
};

static struct reading read_files(struct recording_file *file, size_t files)
{
    const struct series_selection selection = {.metric = METRIC_PEAK, .confidence = 0.95};
    struct reading reading = {.recordings = {.keeps_traces = true}};
    struct error error;

    recordings_read_files(&reading.recordings, file, files);
    for (size_t i = 0; i < files; i++)
        unlink(file[i].path);
    assert_int_equal(series_list_new(&reading.list, &reading.recordings, &selection, &error), 0);
    reading.trace = traces_new(&reading.list);
    assert_non_null(reading.trace);
    return reading;
}

static void reading_free(struct reading *reading)
{
    traces_free(reading->trace, &reading->list);
    series_list_free(&reading->list);
    recordings_free(&reading->recordings);
}

/* Expects a series with one cell of so many ok runs, and their traces. */
static void assert_traced(const struct reading *reading, size_t series, const char *host, size_t runs)
{
    const struct cell *cell = reading->list.series[series].cell;
    const struct trace *trace = &reading->trace[series];

    assert_string_equal(reading->list.series[series].host, host);
    assert_int_equal(reading->list.series[series].cells, 1);
    assert_int_equal(cell->runs, runs);
    assert_int_equal(trace->tasks, 10);
    assert_int_equal(trace->runs + trace->left_out, runs);
    for (size_t i = 0; i < trace->runs; i++) {
        assert_int_equal(trace->run[i]->points, 2);
        assert_true(trace->run[i]->point[0].bytes == cell->value[i] / 2);
        assert_true(trace->run[i]->point[1].bytes == cell->value[i]);
        assert_true(trace->run[i]->hold == SAMPLE_HOLD && trace->run[i]->end == SAMPLE_END); /* see write_sample */
        assert_true(isnan(trace->run[i]->drain));
    }
}

/* The label before two hosts, and a host that looks much like it. */
static void test_labels_and_hosts(void **state)
{
    struct written lab = begin_recording(), other = begin_recording();
    struct recording_file file[] = {{.path = lab.path, .label = "L"}, {.path = other.path}};
    struct reading reading;

    (void)state;
    write_run(lab.stream, "x", 1, 2000);
    write_run(lab.stream, "x", 2, 4000);
    write_run(lab.stream, "y", 1, 6000);
    write_run(other.stream, "L-x", 1, 8000);
    fclose(lab.stream);
    fclose(other.stream);
    reading = read_files(file, 2);
    assert_int_equal(reading.list.count, 3);
    assert_traced(&reading, 0, "L-x", 1);
    assert_traced(&reading, 1, "L/x", 2);
    assert_traced(&reading, 2, "L/y", 1);
    reading_free(&reading);
}

/* Runs 1, 5, 8 and 10 are good; so is run 1 of the second recording, which has other figures than that of the first. */
static void test_faults(void **state)
{
    struct written faulty = begin_recording(), again = begin_recording();
    struct recording_file file[] = {{.path = faulty.path}, {.path = again.path}};
    struct reading reading;

    (void)state;
    write_run(faulty.stream, "host", 1, 2000);
    write_sample(faulty.stream, "host", 2, SAMPLE_SPAWN, 100); /* a wrong row in the middle */
    fputs("host,model,thread,10,2,hold,many\n", faulty.stream);
    write_sample(faulty.stream, "host", 2, SAMPLE_END, 100);
    fputs("\n,,\n", faulty.stream); /* ... at the beginning */
    write_run(faulty.stream, "host", 3, 200);
    write_sample(faulty.stream, "host", 4, SAMPLE_SPAWN, 300); /* interrupted */
    write_run(faulty.stream, "host", 5, 4000);
    write_run(faulty.stream, "host", 1, 400); /* a run of this name was read before */
    fputs("host,model,thread,10,6,spawn,0,,500,,,,,,,,,,,,,,,,,,,,,,\n"
          "host,model,thread,10,6,end,1,,500,,,500,,,,,,,,,failed,EAGAIN,,,,,,,,,\n",
          faulty.stream);
    write_sample(faulty.stream, "host", 7, SAMPLE_SPAWN, 600); /* interrupted, its last row wrong */
    fputs("host,model,thread,10,7,1.5,0,,600,,,,,,,,,,,,,,,,,,,,,,\n", faulty.stream);
    write_run(faulty.stream, "host", 8, 5000); /* the wrong row before it belongs to run 7 */
    write_sample(faulty.stream, "host", 9, SAMPLE_HOLD, 800);
    write_run(faulty.stream, "host", 10, 6000);
    write_sample(faulty.stream, "host", 11, SAMPLE_HOLD, 900); /* cut off */
    fputs("host,model,thread,10,11,end", faulty.stream);
    write_run(again.stream, "host", 5, 4000);
    write_run(again.stream, "host", 1, 8000);
    fclose(faulty.stream);
    fclose(again.stream);
    reading = read_files(file, 2);
    assert_int_equal(file[0].spoiled, 3);     /* runs 2, 3 and 7 */
    assert_int_equal(file[0].interrupted, 3); /* 4, 9 and 11 */
    assert_int_equal(file[0].repeated, 1);    /* 1 */
    assert_int_equal(file[1].repeated, 1);    /* 5 */
    assert_int_equal(reading.list.count, 1);
    assert_int_equal(reading.list.series[0].cell[0].failed, 1);
    assert_traced(&reading, 0, "host", 5);
    reading_free(&reading);
}

/* A recording that is read in parts, by several threads: see LEAST_PART_BYTES of recording.c. Of its runs the first
   TRACE_RUNS are shown; a run keeps its trace, whichever part has it. */
static void test_parts(void **state)
{
    struct written written = begin_recording();
    struct recording_file file = {.path = written.path};
    struct reading reading;
    int64_t runs = 0;

    (void)state;
    while (ftell(written.stream) < 3 * (4 << 20) || runs % 1000 != 0) {
        runs++;
        write_run(written.stream, "host", runs, 1000 * runs);
    }
    fclose(written.stream);
    reading = read_files(&file, 1);
    assert_traced(&reading, 0, "host", (size_t)runs);
    assert_int_equal(reading.trace[0].runs, TRACE_RUNS);
    for (int64_t i = 0; i < runs; i++)
        assert_true(reading.recordings.run[i].trace->point[1].bytes == 1000.0 * (double)(i + 1));
    reading_free(&reading);
}

/* Another header, of which only the first of the parts that are read at once knows: what the others have read as the
   first header has it is thrown away. */
static void test_nothing_behind_another_header_counts(void **state)
{
    struct written written = begin_recording();
    struct recording_file file = {.path = written.path};
    struct recordings recordings = {.keeps_traces = true};

    (void)state;
    write_run(written.stream, "host", 1, 1000);
    fputs("host,model,family,tasks,run,phase,rss_bytes,time_us\n", written.stream);
    for (int64_t run = 2; ftell(written.stream) < 3 * (4 << 20); run++)
        write_run(written.stream, "host", run, 1000);
    fclose(written.stream);
    assert_int_equal(recordings_read_files(&recordings, &file, 1), -1);
    unlink(written.path);
    assert_non_null(strstr(file.error.text, ": another header row"));
    assert_int_equal(recordings.runs, 1);
    assert_int_equal(file.complete, 1);
    recordings_free(&recordings);
}

/* Without a sample of resident memory there is nothing to show of a run; unasked none has a trace. */
static void test_runs_without_a_trace(void **state)
{
    struct written written = begin_recording();
    struct recording_file file = {.path = written.path};
    struct recordings unasked = {0};
    struct reading reading;
    struct error error;

    (void)state;
    write_sample(written.stream, "host", 1, SAMPLE_END, 1000);
    write_run(written.stream, "host", 2, 2000);
    fclose(written.stream);
    assert_int_equal(recordings_read(&unasked, written.path, &error), 0);
    assert_int_equal(unasked.runs, 2);
    assert_null(unasked.run[0].trace);
    assert_null(unasked.run[1].trace);
    recordings_free(&unasked);
    reading = read_files(&file, 1);
    assert_null(reading.recordings.run[0].trace);
    assert_int_equal(reading.trace[0].runs, 1);
    assert_true(reading.trace[0].run[0]->point[1].bytes == 2000);
    reading_free(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_and_hosts),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_nothing_behind_another_header_counts),
        cmocka_unit_test(test_runs_without_a_trace),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
