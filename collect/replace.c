/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MOST_LINKS 40 /* as many as the kernel follows */

/* --- what is replaced --------------------------------------------------------------------------------------------- */

/* A link below /proc stands for an open file: renaming onto its name would not change what is open. */
static bool is_open_file(const char *link)
{
    int descriptor = open(link, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct statfs status;
    bool in_proc = descriptor >= 0 && fstatfs(descriptor, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;

    if (descriptor >= 0)
        close(descriptor);
    return in_proc;
}

/* Puts what the link `path` says in its place. */
static bool follow_link(char path[PATH_MAX], const char *target)
{
    char followed[2 * PATH_MAX];
    const char *slash = strrchr(path, '/');
    int directory = *target == '/' || !slash ? 0 : (int)(slash + 1 - path);

    snprintf(followed, sizeof followed, "%.*s%s", directory, path, target);
    return snprintf(path, PATH_MAX, "%s", followed) < PATH_MAX;
}

/* Follows symbolic links to the file itself, which need not be there. Returns false if there is no such name. */
static bool follow(char path[PATH_MAX])
{
    char target[PATH_MAX];

    for (int links = 0; links < MOST_LINKS; links++) {
        ssize_t length = readlink(path, target, sizeof target - 1);

        if (length < 0)
            return errno == EINVAL || errno == ENOENT;
        target[length] = '\0';
        if (is_open_file(path) || !follow_link(path, target))
            return false;
    }
    return false;
}

/* The name of the file that is made or replaced for that path; false if it is to be written to as it is. */
static bool find_file(const char *path, char file[PATH_MAX], mode_t *mode)
{
    struct stat status;
    mode_t mask = umask(0);

    umask(mask);
    *mode = 0666 & ~mask;
    if (snprintf(file, PATH_MAX, "%s", path) >= PATH_MAX || !follow(file))
        return false;
    if (stat(file, &status) != 0)
        return errno == ENOENT;
    *mode = status.st_mode & 07777;
    return S_ISREG(status.st_mode) && access(file, W_OK) == 0;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static int cannot_write(const char *path, struct error *error)
{
    return error_set(error, "%s: cannot write: %s", path, strerror(errno));
}

static int cannot_make(const char *path, struct error *error)
{
    return error_set(error, "%s: cannot be made: %s (name another)", path, strerror(errno));
}

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);

        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static int write_as_it_is(const char *path, const char *bytes, size_t length, struct error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), result = 0;

    if (file < 0)
        return cannot_make(path, error);
    if (!write_all(file, bytes, length))
        result = cannot_write(path, error);
    if (close(file) != 0 && result == 0)
        result = cannot_write(path, error);
    return result;
}

/* Of a file to be written: the path that was asked for, the file itself, and whether one may be there. */
struct target {
    const char *path;
    char file[PATH_MAX];
    mode_t mode;
    bool may_exist;
};

/* Opens a file for what is written before it is put in its place, and names it. A file that must not be there yet is
   written without a name, where the file system can do that, so that nothing stays if this process is killed. */
static int open_beside(const struct target *target, char name[PATH_MAX + 8])
{
    const char *slash = strrchr(target->file, '/');
    int file;

    if (!target->may_exist) {
        snprintf(name, PATH_MAX + 8, "%.*s", slash ? (int)(slash + 1 - target->file) : 1, slash ? target->file : ".");
        file = open(name, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
        snprintf(name, PATH_MAX + 8, "/proc/self/fd/%d", file);
        if (file >= 0)
            return file;
    }
    snprintf(name, PATH_MAX + 8, "%s.XXXXXX", target->file);
    return mkostemp(name, O_CLOEXEC);
}

static bool put_in_place(const char *name, const struct target *target)
{
    if (target->may_exist)
        return rename(name, target->file) == 0;
    return linkat(AT_FDCWD, name, AT_FDCWD, target->file, AT_SYMLINK_FOLLOW) == 0;
}

/* Some write errors show only when the file is synced. */
static bool is_written(int beside, const struct target *target, const char *bytes, size_t length)
{
    return write_all(beside, bytes, length) && fchmod(beside, target->mode) == 0 && fsync(beside) == 0;
}

static int write_beside(const struct target *target, const char *bytes, size_t length, struct error *error)
{
    char name[PATH_MAX + 8];
    int beside = open_beside(target, name), result = 0;

    if (beside < 0 && target->may_exist && (errno == EACCES || errno == EPERM || errno == ENAMETOOLONG))
        return write_as_it_is(target->path, bytes, length, error);
    if (beside < 0)
        return cannot_make(target->path, error);
    if (!is_written(beside, target, bytes, length))
        result = cannot_write(target->path, error);
    else if (!put_in_place(name, target))
        result = cannot_make(target->path, error);
    if (result != 0 || !target->may_exist)
        unlink(name);
    close(beside);
    return result;
}

/* Signals wait until the file is in its place or gone. */
static int write_undisturbed(const struct target *target, const char *bytes, size_t length, struct error *error)
{
    sigset_t all, before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    result = write_beside(target, bytes, length, error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

int replace_file(const char *path, const char *bytes, size_t length, struct error *error)
{
    struct target target = {.path = path, .may_exist = true};

    if (!find_file(path, target.file, &target.mode))
        return write_as_it_is(path, bytes, length, error);
    return write_undisturbed(&target, bytes, length, error);
}

int replace_nothing(const char *path, const char *bytes, size_t length, struct error *error)
{
    struct target target = {.path = path};

    if (!find_file(path, target.file, &target.mode) || access(target.file, F_OK) == 0)
        return error_set(error, "%s: exists already, and is never overwritten (name another)", path);
    return write_undisturbed(&target, bytes, length, error);
}
