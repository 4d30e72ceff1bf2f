/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/raise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALUE_SIZE 32

/* Values that 64-bit kernels accept; see Documentation/admin-guide/sysctl/{kernel,vm}.rst. */
static const struct {
    const char *path, *value;
} bounds[] = {
    {"/proc/sys/kernel/threads-max", "4194304"},
    {"/proc/sys/kernel/pid_max", "4194304"}, /* PID_MAX_LIMIT */
    {"/proc/sys/vm/max_map_count", "16777216"},
};

#define BOUNDS (sizeof bounds / sizeof *bounds)

/* The values before they were raised. */
struct bounds_before {
    char value[BOUNDS][VALUE_SIZE];
};

static int read_value(const char *path, char value[VALUE_SIZE])
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : read(descriptor, value, VALUE_SIZE - 1);

    if (descriptor >= 0)
        close(descriptor);
    if (length < 0)
        return -1;
    value[length] = '\0';
    return 0;
}

static int write_value(const char *path, const char *value)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : write(descriptor, value, strlen(value));

    if (descriptor >= 0)
        close(descriptor);
    return length < 0 ? -1 : 0;
}

/* Never lowers a value. */
static int raise_value(const char *path, const char *value, const char *before)
{
    return strtoll(before, NULL, 10) < strtoll(value, NULL, 10) ? write_value(path, value) : 0;
}

static void put_back(const void *context)
{
    const struct bounds_before *before = context;

    for (size_t i = 0; i < BOUNDS; i++)
        write_value(bounds[i].path, before->value[i]);
}

int raise_limits(struct keeper *keeper, struct error *error)
{
    struct bounds_before before;

    for (size_t i = 0; i < BOUNDS; i++)
        if (read_value(bounds[i].path, before.value[i]) != 0)
            return error_set(error, "--raise-limits: %s: %s", bounds[i].path, strerror(errno));
    if (keeper_start(keeper, put_back, &before, error) != 0)
        return -1;
    for (size_t i = 0; i < BOUNDS; i++)
        if (raise_value(bounds[i].path, bounds[i].value, before.value[i]) != 0) {
            error_set(error, "--raise-limits: %s: %s (only root can raise it)", bounds[i].path, strerror(errno));
            keeper_end(keeper);
            return -1;
        }
    return 0;
}
