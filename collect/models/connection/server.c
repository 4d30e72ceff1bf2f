/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/connection/server.h"

#include "collect/models/connection/tcp_table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PREFIX "taskweight-server-"
#define CREATION_TRIES 10
#define END_MILLISECONDS 2000 /* for a server that was asked to end */
#define MOST_OPEN_DIRECTORIES 16

/* --- its directory ------------------------------------------------------------------------------------------------ */

static const char *temporary_directory(void)
{
    const char *directory = getenv("TMPDIR");

    return directory && *directory == '/' ? directory : "/tmp";
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

static void remove_directory(const char *path)
{
    nftw(path, remove_one, MOST_OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static int lock(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

/* A directory of another user cannot be opened, and so is none that is left over. */
static void remove_leftovers(void)
{
    DIR *entries = opendir(temporary_directory());

    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));) {
        char path[PATH_MAX];
        int locked = -1;

        snprintf(path, sizeof path, "%s/%s", temporary_directory(), entry->d_name);
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0)
            locked = lock(path);
        if (locked < 0)
            continue;
        remove_directory(path);
        close(locked);
    }
    closedir(entries);
}

/* Between its making and its lock another interpreter may have taken it for a leftover. */
static bool make_directory(struct server *server)
{
    for (int i = 0; i < CREATION_TRIES; i++) {
        struct stat status;

        snprintf(server->path, sizeof server->path, "%.200s/" PREFIX "XXXXXX", temporary_directory());
        if (!mkdtemp(server->path))
            return false;
        server->directory = lock(server->path);
        if (server->directory >= 0 && stat(server->path, &status) == 0 && chmod(server->path, 0755) == 0)
            return true;
        if (server->directory >= 0)
            close(server->directory);
        server->directory = -1;
    }
    return false;
}

/* --- its process -------------------------------------------------------------------------------------------------- */

/* Each of the groups, in the child. */
static bool join_groups(void)
{
    const char *list = getenv(SERVER_JOIN);
    char *end;

    for (; list && *list; list = *end == ',' ? end + 1 : end) {
        int descriptor = (int)strtol(list, &end, 10);

        if (end == list || write(descriptor, "0", 1) != 1) {
            fprintf(stderr, "the server cannot enter its group: %s\n", strerror(errno));
            return false;
        }
        close(descriptor);
    }
    return true;
}

static void set_environment(const struct server *server, const char *parameter)
{
    char port[16];

    snprintf(port, sizeof port, "%d", server->port);
    setenv("PORT", port, 1);
    setenv("DIR", server->path, 1);
    setenv("PARAMETER", parameter, 1);
    unsetenv(SERVER_JOIN);
}

static _Noreturn void become(const struct server *server, const struct recipe *recipe, const char *parameter,
                             pid_t interpreter)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != interpreter || !join_groups())
        _exit(126);
    set_environment(server, parameter);
    dup2(nothing, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execl("/bin/sh", "sh", "-c", recipe->server, (char *)NULL);
    _exit(127);
}

bool server_start(struct server *server, const struct recipe *recipe, const char *parameter,
                  char fault[SERVER_FAULT_SIZE])
{
    pid_t interpreter = getpid();

    *server = (struct server){.process = -1, .directory = -1, .port = tcp_table_find_port()};
    remove_leftovers();
    if (server->port < 0) {
        snprintf(fault, SERVER_FAULT_SIZE, "there is no free port at 127.0.0.1: %s", strerror(errno));
        return false;
    }
    if (!make_directory(server)) {
        snprintf(fault, SERVER_FAULT_SIZE, "%s: cannot make a directory for the server: %s", temporary_directory(),
                 strerror(errno));
        return false;
    }
    server->pid = fork();
    if (server->pid == 0)
        become(server, recipe, parameter, interpreter);
    if (server->pid > 0)
        server->process = pidfd_open(server->pid, 0);
    if (server->process >= 0)
        return true;
    snprintf(fault, SERVER_FAULT_SIZE, "cannot start the server: %s", strerror(errno));
    return false;
}

/* Returns whether it has ended, and how. */
static bool look_at_end(const struct server *server, siginfo_t *end)
{
    *end = (siginfo_t){0};
    return server->pid > 0 && waitid(P_PID, (id_t)server->pid, end, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           end->si_pid > 0;
}

int server_failure(const struct server *server)
{
    siginfo_t end;

    return look_at_end(server, &end) && end.si_code == CLD_EXITED ? end.si_status : 0;
}

bool server_has_ended(const struct server *server, char how[SERVER_FAULT_SIZE])
{
    siginfo_t end;

    if (!look_at_end(server, &end))
        return false;
    if (end.si_code != CLD_EXITED)
        snprintf(how, SERVER_FAULT_SIZE, "died of signal %d (%s)", end.si_status, strsignal(end.si_status));
    else if (end.si_status == 0)
        snprintf(how, SERVER_FAULT_SIZE, "ended with status 0 (a server has to stay in the foreground)");
    else
        snprintf(how, SERVER_FAULT_SIZE, "ended with status %d", end.si_status);
    return true;
}

void server_end(struct server *server)
{
    struct pollfd end = {server->process, POLLIN, 0};

    if (server->pid > 0) {
        kill(server->pid, SIGTERM);
        if (poll(&end, 1, END_MILLISECONDS) != 1)
            kill(server->pid, SIGKILL);
        waitpid(server->pid, NULL, 0);
    }
    if (server->process >= 0)
        close(server->process);
    if (server->directory >= 0) {
        remove_directory(server->path);
        close(server->directory);
    }
    server->pid = 0;
    server->process = server->directory = -1;
}
