/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/stream.h"

#include <fcntl.h>
#include <unistd.h>

FILE *stream_open(int directory, const char *path)
{
    int descriptor = openat(directory, path, O_RDONLY | O_CLOEXEC);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "r");

    if (!stream && descriptor >= 0)
        close(descriptor);
    return stream;
}

DIR *stream_open_directory(int directory, const char *path)
{
    int descriptor = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);

    if (!stream && descriptor >= 0)
        close(descriptor);
    return stream;
}
