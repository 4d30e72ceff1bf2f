/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Appends to a recording so that a crash or a full disk loses at most the run under way. */
#include "collect/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed(const struct recorder *recorder, struct error *error)
{
    return error_set(error, "%s: cannot write: %s", recorder->path, strerror(errno));
}

/* Half a run is no run: where not all of it reaches the disk the file goes back to its last whole one. Should even that
   fail, the run lacks its end row and is known by that. */
static int write_whole(struct recorder *recorder, const char *text, size_t length, struct error *error)
{
    off_t before = lseek(recorder->descriptor, 0, SEEK_END);
    ssize_t written = write(recorder->descriptor, text, length);

    if (written == (ssize_t)length && (fdatasync(recorder->descriptor) == 0 || errno == EINVAL))
        return 0;
    if (written >= 0 && written < (ssize_t)length)
        errno = ENOSPC;
    failed(recorder, error);
    if (ftruncate(recorder->descriptor, before) != 0)
        errno = 0;
    return -1;
}

/* The header row where there are no samples. The caller frees the text; NULL where memory runs out. */
static char *format_rows(const struct sample *sample, size_t samples, size_t *length)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, length);

    if (!stream)
        return NULL;
    if (samples == 0)
        sample_write_header(stream);
    for (size_t i = 0; i < samples; i++)
        sample_write(&sample[i], stream);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

int recorder_append(struct recorder *recorder, const struct sample *sample, size_t samples, struct error *error)
{
    size_t length;
    char *text = format_rows(sample, samples, &length);
    int result;

    if (!text)
        return failed(recorder, error);
    result = write_whole(recorder, text, length, error);
    free(text);
    return result;
}

int recorder_create(struct recorder *recorder, const char *path, struct error *error)
{
    recorder->path = path;
    recorder->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (recorder->descriptor < 0 && errno == EEXIST)
        return error_set(error, "%s: exists already, and a recording is never overwritten (name another with -o)", path);
    if (recorder->descriptor < 0)
        return error_set(error, "%s: cannot be made: %s (name another with -o)", path, strerror(errno));
    return recorder_append(recorder, NULL, 0, error);
}

int recorder_close(struct recorder *recorder, struct error *error)
{
    return close(recorder->descriptor) == 0 ? 0 : failed(recorder, error);
}
