/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Appends to a recording so that a crash or a full disk loses at most the run under way. */
#include "collect/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const struct recorder *recorder, struct error *error)
{
    return error_set(error, "%s: cannot write: %s", recorder->path, strerror(errno));
}

/* If a run does not reach the disk whole, the file is cut back to its last whole run. If even that fails, readers
   ignore the run since it lacks its end row. */
static int write_whole(struct recorder *recorder, const char *text, size_t length, struct error *error)
{
    off_t before = lseek(recorder->descriptor, 0, SEEK_END);
    ssize_t written = write(recorder->descriptor, text, length);

    if (written == (ssize_t)length && (fdatasync(recorder->descriptor) == 0 || errno == EINVAL))
        return 0;
    if (written >= 0 && written < (ssize_t)length)
        errno = ENOSPC;
    failed(recorder, error);
    if (!recorder->is_stream && ftruncate(recorder->descriptor, before) != 0)
        errno = 0;
    return -1;
}

/* The samples as rows; without samples the header row. The caller frees the text; NULL if memory runs out. */
static char *format_rows(const struct sample *sample, size_t samples, const struct sample_layout *layout,
                         size_t *length)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, length);

    if (!stream)
        return NULL;
    if (samples == 0)
        sample_write_header(stream);
    for (size_t i = 0; i < samples; i++)
        sample_write_as(&sample[i], layout, stream);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

/* Rows written to a deleted file would be lost. */
static bool was_removed(const struct recorder *recorder)
{
    struct stat status;

    return !recorder->is_stream && fstat(recorder->descriptor, &status) == 0 && status.st_nlink == 0;
}

int recorder_append(struct recorder *recorder, const struct sample *sample, size_t samples, struct error *error)
{
    size_t length;
    char *text;
    int result;

    if (was_removed(recorder))
        return error_set(error, "%s: was removed while it was being written", recorder->path);
    text = format_rows(sample, samples, &recorder->layout, &length);
    if (!text)
        return failed(recorder, error);
    result = write_whole(recorder, text, length, error);
    free(text);
    return result;
}

int recorder_begin(struct recorder *recorder, struct error *error)
{
    recorder->layout = sample_layout_own();
    return recorder_append(recorder, NULL, 0, error);
}

/* Two collects that append to one file would mix their runs. Closing the descriptor releases the lock. Where the file
   system has no locks, only a file that had to be new is one's own. */
static bool lock(const struct recorder *recorder, bool is_new)
{
    return flock(recorder->descriptor, LOCK_EX | LOCK_NB) == 0 || (is_new && errno != EWOULDBLOCK);
}

static int refuse_locked(struct recorder *recorder, struct error *error)
{
    close(recorder->descriptor);
    return error_set(error, "%s: another collect is writing it", recorder->path);
}

static bool is_empty_file(int descriptor)
{
    struct stat status;

    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 && status.st_nlink > 0;
}

/* Whether the file that exists is an empty one that nobody writes, which is then open and locked. */
static bool take_leftover(struct recorder *recorder)
{
    recorder->descriptor = open(recorder->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK);
    if (recorder->descriptor < 0)
        return false;
    if (is_empty_file(recorder->descriptor) && lock(recorder, false) && is_empty_file(recorder->descriptor))
        return true;
    close(recorder->descriptor);
    return false;
}

int recorder_create(struct recorder *recorder, const char *path, struct error *error)
{
    *recorder = (struct recorder){.path = path};
    recorder->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (recorder->descriptor >= 0 && !lock(recorder, true)) {
        refuse_locked(recorder, error);
        return RECORDER_TAKEN;
    }
    if (recorder->descriptor >= 0)
        return 0;
    if (errno != EEXIST)
        return error_set(error, "%s: cannot be made: %s (name another with -o)", path, strerror(errno));
    if (take_leftover(recorder))
        return 0;
    error_set(error, "%s: exists already, and a recording is never overwritten (name another with -o)", path);
    return RECORDER_TAKEN;
}

void recorder_discard(struct recorder *recorder)
{
    unlink(recorder->path);
    close(recorder->descriptor);
}

int recorder_stream(struct recorder *recorder, int descriptor, struct error *error)
{
    *recorder = (struct recorder){.descriptor = descriptor, .path = "standard output", .is_stream = true};
    return recorder_begin(recorder, error);
}

/* --- going on with one that was interrupted ----------------------------------------------------------------------- */

/* The fields before the phase, with which each row of this run begins, and else only those of its other works. The
   caller frees the text; NULL if memory runs out. */
static char *row_beginning(const char *host, const struct planned_run *run, size_t *length)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, length);

    if (!stream)
        return NULL;
    sample_write_text(host, stream);
    putc(',', stream);
    sample_write_text(run->model->name, stream);
    putc(',', stream);
    sample_write_text(run->model->family, stream);
    fprintf(stream, ",%" PRId64 ",%" PRId64 ",", run->tasks, run->number);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

/* Reads a recording line by line. */
struct lines {
    FILE *stream;
    char *text;
    size_t capacity;
    ssize_t length;
    size_t number; /* of the line last read, from 1 */
};

/* Reads the next line. Returns false at the end and for a last line without a newline: it was not written whole. */
static bool next_line(struct lines *lines)
{
    lines->length = getline(&lines->text, &lines->capacity, lines->stream);
    lines->number++;
    return lines->length > 0 && lines->text[lines->length - 1] == '\n';
}

enum rest { REST_WHOLE, REST_TORN, REST_FOREIGN };

/* Skips the rows of one run, which may be torn: without an end row. */
static enum rest pass_run(struct lines *lines, const char *beginning, size_t length)
{
    while (next_line(lines)) {
        if (strncmp(lines->text, beginning, length) != 0)
            return REST_FOREIGN;
        if (strncmp(lines->text + length, "end,", 4) == 0)
            return REST_WHOLE;
    }
    return REST_TORN;
}

/* Whether the line is an incomplete header row of this version, cut off by a crash. */
static bool is_torn_header(const struct lines *lines, const struct sample_layout *layout)
{
    size_t length;
    char *header = format_rows(NULL, 0, layout, &length);
    bool same = header && lines->length <= (ssize_t)length && strncmp(lines->text, header, (size_t)lines->length) == 0;

    free(header);
    return same;
}

/* Reads the header row, also of another version. The columns that identify a run (see row_beginning) must come first.
 */
static bool read_header(struct lines *lines, struct sample_layout *layout)
{
    struct error unused;

    if (sample_layout_parse(layout, lines->text, &unused) != 0)
        return false;
    for (enum sample_column column = 0; column <= SAMPLE_COLUMN_phase; column++)
        if (layout->field[column] != column)
            return false;
    return true;
}

static int foreign(const struct lines *lines, const struct recorder *recorder, struct error *error)
{
    return error_set(error, "%s:%zu: is not a row of the next run of its sidecar's plan", recorder->path,
                     lines->number);
}

/* Notes the run whose end row was read last. */
static int note_run(const struct lines *lines, const struct recorder *recorder, const struct planned_run *run,
                    struct schedule *schedule, struct error *error)
{
    char work[WORK_TEXT_SIZE];
    struct error why;
    struct sample end;

    lines->text[lines->length - 1] = '\0';
    if (sample_parse_line(&end, lines->text, &recorder->layout, &why) != 0)
        return error_set(error, "%s:%zu: %s", recorder->path, lines->number, why.text);
    if (strcmp(end.work, work_format(work, &run->work)) != 0)
        return foreign(lines, recorder, error);
    schedule_note(schedule, &end);
    return 0;
}

/* Goes past the next run. Returns 1 if it is whole, 0 if it is not, -1 and an error if the rows are another's. */
static int pass_next(struct lines *lines, const struct recorder *recorder, const char *host, struct schedule *schedule,
                     struct error *error)
{
    const struct planned_run *run;
    enum rest rest = REST_FOREIGN;
    size_t length;
    char *beginning;

    if (schedule_next(schedule, &run, error) != 0)
        return -1;
    if (!run)
        return next_line(lines) ? error_set(error, "%s:%zu: is behind the last run of its sidecar's plan",
                                            recorder->path, lines->number)
                                : 0;
    beginning = row_beginning(host, run, &length);
    if (beginning)
        rest = pass_run(lines, beginning, length);
    free(beginning);
    if (rest == REST_FOREIGN)
        return foreign(lines, recorder, error);
    if (rest == REST_TORN)
        return 0;
    return note_run(lines, recorder, run, schedule, error) == 0 ? 1 : -1;
}

/* Where the last whole run ends; -1 and an error if there are rows other than the schedule's runs. */
static off_t find_end(struct lines *lines, struct recorder *recorder, const char *host, struct schedule *schedule,
                      struct error *error)
{
    off_t end = 0;
    bool whole = next_line(lines);
    int passed;

    if (whole ? !read_header(lines, &recorder->layout) : lines->length > 0 && !is_torn_header(lines, &recorder->layout))
        return error_set(error, "%s:1: is not the header of a recording", recorder->path);
    if (!whole)
        return 0;
    do {
        end = ftello(lines->stream);
        passed = pass_next(lines, recorder, host, schedule, error);
    } while (passed > 0);
    return passed == 0 ? end : -1;
}

static int cut_back(struct recorder *recorder, const char *host, struct schedule *schedule, struct error *error)
{
    struct lines lines = {.stream = fopen(recorder->path, "re")};
    off_t end;

    if (!lines.stream)
        return failed(recorder, error);
    end = find_end(&lines, recorder, host, schedule, error);
    free(lines.text);
    fclose(lines.stream);
    if (end < 0)
        return -1;
    return ftruncate(recorder->descriptor, end) == 0 ? 0 : failed(recorder, error);
}

int recorder_resume(struct recorder *recorder, const char *path, const char *host, struct schedule *schedule,
                    struct error *error)
{
    *recorder = (struct recorder){.path = path};
    /* The sidecar alone will do: nothing may be recorded yet. */
    recorder->descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (recorder->descriptor < 0)
        return error_set(error, "%s: cannot be opened: %s", path, strerror(errno));
    if (!lock(recorder, true))
        return refuse_locked(recorder, error);
    if (cut_back(recorder, host, schedule, error) == 0 &&
        (lseek(recorder->descriptor, 0, SEEK_END) > 0 || recorder_begin(recorder, error) == 0))
        return 0;
    close(recorder->descriptor);
    return -1;
}

int recorder_close(struct recorder *recorder, struct error *error)
{
    return recorder->is_stream || close(recorder->descriptor) == 0 ? 0 : failed(recorder, error);
}
