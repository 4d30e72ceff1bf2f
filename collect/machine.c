/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/meminfo, see proc(5). */
#include "collect/machine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int64_t meminfo_bytes(const char *text, const char *name, int64_t otherwise)
{
    const char *found = strstr(text, name);

    return found ? strtoll(found + strlen(name), NULL, 10) * 1024 : otherwise;
}

struct machine_memory machine_memory_read(int proc)
{
    char text[8192] = "";
    int descriptor = openat(proc, "meminfo", O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : read(descriptor, text, sizeof text - 1);

    if (descriptor >= 0)
        close(descriptor);
    text[length > 0 ? length : 0] = '\0';
    return (struct machine_memory){
        .available_bytes = meminfo_bytes(text, "\nMemAvailable:", INT64_MAX),
        .kernel_bytes = meminfo_bytes(text, "\nKernelStack:", 0) + meminfo_bytes(text, "\nPageTables:", 0) +
                        meminfo_bytes(text, "\nSUnreclaim:", 0),
    };
}
