/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/scope.h"

#include "collect/groups.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORDS 16

/* systemd-run and its options, without a command. */
struct words {
    const char *word[MOST_WORDS];
    int count;
};

static struct words systemd_run(void)
{
    struct words words = {
        .word = {"systemd-run", "--scope", "--quiet", "--property=Delegate=yes", "--description=taskweight-collect"},
        .count = 5};

    if (geteuid() != 0)
        words.word[words.count++] = "--user";
    words.word[words.count++] = "--";
    return words;
}

/* --- what speaks against it --------------------------------------------------------------------------------------- */

/* Those that the new scope will be in as well. */
static bool is_shared(const char *name)
{
    const char *last = strrchr(name, '/') + 1;

    return !*last || fnmatch("user@*.service", last, 0) == 0 || fnmatch("user-*.slice", last, 0) == 0 ||
           strcmp(last, "user.slice") == 0;
}

static bool find_limit(const struct cgroup *group, const char *name, int depth, void *context)
{
    bool *found = context;

    (void)depth;
    if (is_shared(name))
        return false;
    *found = cgroup_number(group, "memory.max", NULL) != SAMPLE_UNKNOWN ||
             cgroup_number(group, "memory.high", NULL) != SAMPLE_UNKNOWN;
    return !*found;
}

static bool is_wanted(void)
{
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct groups_tree own;
    bool limited = false, wanted;

    groups_find_own(&own, proc, "/sys/fs/cgroup");
    groups_visit_upwards(&own, find_limit, &limited);
    wanted = own.own.version == CGROUP_V2 && strstr(own.own.path, "/user.slice/") && !limited &&
             !groups_are_possible(&own, getpid());
    cgroup_close(&own.own);
    close(proc);
    return wanted;
}

/* --- entering it -------------------------------------------------------------------------------------------------- */

/* Once execvp has replaced this program it is too late to find that it fails. */
static bool works(struct words words)
{
    posix_spawn_file_actions_t silent;
    int status = -1;
    pid_t pid;

    words.word[words.count++] = "true";
    posix_spawn_file_actions_init(&silent);
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        posix_spawn_file_actions_addopen(&silent, stream, "/dev/null", O_RDWR, 0);
    if (posix_spawnp(&pid, words.word[0], &silent, NULL, (char *const *)words.word, environ) == 0)
        waitpid(pid, &status, 0);
    posix_spawn_file_actions_destroy(&silent);
    return status == 0;
}

static void execute(const struct words *words, char *const *arguments)
{
    char self[PATH_MAX] = "";
    size_t count = 0;
    const char **all;

    if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
        return;
    while (arguments[count])
        count++;
    all = calloc((size_t)words->count + count + 1, sizeof *all);
    if (!all)
        return;
    memcpy(all, words->word, (size_t)words->count * sizeof *all);
    all[words->count] = self;
    for (size_t i = 1; i < count; i++)
        all[(size_t)words->count + i] = arguments[i];
    execvp(all[0], (char *const *)all);
    free(all);
}

void scope_enter(char *const *arguments)
{
    struct words words = systemd_run();

    /* Not for the models. */
    if (getenv(SCOPE_VARIABLE)) {
        unsetenv(SCOPE_VARIABLE);
        return;
    }
    if (!is_wanted() || !works(words))
        return;
    setenv(SCOPE_VARIABLE, "entered", 1);
    execute(&words, arguments);
    unsetenv(SCOPE_VARIABLE);
}
