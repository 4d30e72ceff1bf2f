/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fork, exec and the end of a model's program. */
#include "collect/launch.h"

#include "collect/process.h"
#include "collect/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Limits that models run into. Not the stack's: the C library takes a thread's default stack size from it. */
static const int raised_limits[] = {RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_SIGPENDING, RLIMIT_MEMLOCK};

/* Of code that the child still has to map between then and exec: a fault maps up to 64 KiB around it. */
#define MORE_BEFORE_EXEC 65536

/* For a client that was asked to end, and its server. */
#define TIDY_MILLISECONDS 5000

enum { CHILD_END, PARENT_END };

struct pipes {
    int input[2], output[2], stderr_pipe[2], news[2]; /* [CHILD_END], [PARENT_END] */
};

void launch_adopt_orphans(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static int open_pipe(int ends[2], int child_end)
{
    int descriptors[2];

    if (pipe2(descriptors, O_CLOEXEC) != 0)
        return -1;
    ends[CHILD_END] = descriptors[child_end];
    ends[PARENT_END] = descriptors[!child_end];
    return 0;
}

static void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static void close_ends(struct pipes *pipes, int end)
{
    close_one(&pipes->input[end]);
    close_one(&pipes->output[end]);
    close_one(&pipes->stderr_pipe[end]);
    close_one(&pipes->news[end]);
}

static int open_pipes(struct pipes *pipes, struct error *error)
{
    const int reads = 0, writes = 1;

    memset(pipes, -1, sizeof *pipes);
    if (open_pipe(pipes->input, reads) == 0 && open_pipe(pipes->output, writes) == 0 &&
        open_pipe(pipes->stderr_pipe, writes) == 0 && open_pipe(pipes->news, writes) == 0)
        return 0;
    error_set(error, "pipe: %s", strerror(errno));
    close_ends(pipes, CHILD_END);
    close_ends(pipes, PARENT_END);
    return -1;
}

static void raise_soft_limits(const struct launch_bounds *bounds)
{
    for (size_t i = 0; i < sizeof raised_limits / sizeof *raised_limits; i++) {
        struct rlimit limit;

        if (getrlimit((__rlimit_resource_t)raised_limits[i], &limit) != 0)
            continue;
        limit.rlim_cur = limit.rlim_max;
        if (raised_limits[i] == RLIMIT_NPROC && bounds->processes > 0)
            limit.rlim_cur = MIN(limit.rlim_max, (rlim_t)bounds->processes);
        setrlimit((__rlimit_resource_t)raised_limits[i], &limit);
    }
}

static void be_killed_first(void)
{
    int descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (descriptor < 0)
        return;
    if (write(descriptor, "1000", 4) != 4)
        errno = 0; /* optional: the run goes on without it */
    close(descriptor);
}

/* What the child tells before exec: that it is ready, or what has failed. All but joining a group ends the run: it must
   be as the sidecar says. */
enum step { STEP_JOIN, STEP_READY, STEP_HUGE_PAGES, STEP_ADDRESS_LAYOUT, STEP_EXEC };

struct news {
    enum step step;
    int number; /* errno of a failure */
    int group;  /* that was refused */
};

static void tell(struct pipes *pipes, enum step step, int group)
{
    struct news news = {step, errno, group};

    if (write(pipes->news[CHILD_END], &news, sizeof news) < 0)
        _exit(126);
}

static _Noreturn void fail(struct pipes *pipes, enum step step)
{
    tell(pipes, step, 0);
    _exit(127);
}

/* Waits until collect has seen how large the child is. */
static void await_go(void)
{
    char byte;

    while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR)
        continue;
}

static void join_groups(const struct launch_bounds *bounds, struct pipes *pipes)
{
    for (int i = 0; i < LAUNCH_GROUPS; i++)
        if (bounds->join[i] >= 0 && write(bounds->join[i], "0", 1) != 1)
            tell(pipes, STEP_JOIN, i);
}

/* For the program's own children to join. */
static void pass_groups(const struct launch_bounds *bounds)
{
    char list[LAUNCH_GROUPS * 12] = "";
    size_t length = 0;

    for (int i = 0; i < LAUNCH_GROUPS; i++) {
        if (bounds->join[i] < 0)
            continue;
        fcntl(bounds->join[i], F_SETFD, 0);
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%d", length ? "," : "", bounds->join[i]);
    }
    setenv(LAUNCH_JOIN, list, 1);
}

/* In the child, between fork and exec. */
static void become(const char *const *arguments, const struct launch_options *options,
                   const struct launch_bounds *bounds, struct pipes *pipes, pid_t collect)
{
    sigset_t none;

    setsid();
    prctl(PR_SET_PDEATHSIG, bounds->stays_outside ? SIGTERM : SIGKILL);
    if (getppid() != collect)
        _exit(127); /* collect died before the line above */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    raise_soft_limits(bounds);
    be_killed_first();
    if (!options->huge_pages && prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0)
        fail(pipes, STEP_HUGE_PAGES);
    if (options->fixed_address_layout && personality(ADDR_NO_RANDOMIZE) < 0)
        fail(pipes, STEP_ADDRESS_LAYOUT);
    dup2(pipes->input[CHILD_END], STDIN_FILENO);
    dup2(pipes->output[CHILD_END], STDOUT_FILENO);
    dup2(pipes->stderr_pipe[CHILD_END], STDERR_FILENO);
    if (bounds->stays_outside)
        pass_groups(bounds);
    else
        join_groups(bounds, pipes);
    tell(pipes, STEP_READY, 0);
    await_go();
    execv(arguments[0], (char *const *)arguments);
    fail(pipes, STEP_EXEC);
}

/* The kernel keeps the peak of a process across exec: a program's ru_maxrss is at least what the child was resident in.
   That is little, since a fork shares files' pages and copies only collect's own data; after vfork or posix_spawn it
   would be the whole of collect's own peak. SAMPLE_UNKNOWN if it cannot be read. */
static int64_t inherited_bytes(pid_t child)
{
    const struct process_list list = {&child, 1};
    struct sample sample = sample_unknown();
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    process_read(proc, &list, PROCESS_FULL, &sample);
    close_one(&proc);
    return sample.peak_rss_bytes == SAMPLE_UNKNOWN ? SAMPLE_UNKNOWN : sample.peak_rss_bytes + MORE_BEFORE_EXEC;
}

static int await_exec(struct launch *launch, struct pipes *pipes, const char *path, struct error *error)
{
    static const char *const steps[] = {
        [STEP_HUGE_PAGES] = "huge pages cannot be switched off for it (--thp leaves them on): ",
        [STEP_ADDRESS_LAYOUT] = "its address layout cannot be fixed (leave out --no-aslr): ",
        [STEP_EXEC] = "",
    };
    struct news news;

    /* exec closes the pipe. */
    while (read(pipes->news[PARENT_END], &news, sizeof news) == sizeof news) {
        if (news.step == STEP_JOIN) {
            launch->refused[news.group] = news.number;
            continue;
        }
        if (news.step != STEP_READY)
            return error_set(error, "%s: %s%s", path, steps[news.step], strerror(news.number));
        launch->inherited_bytes = inherited_bytes(launch->pid);
        if (write(pipes->input[PARENT_END], "\n", 1) < 0)
            return error_set(error, "%s: %s", path, strerror(errno));
    }
    return 0;
}

int launch_start(struct launch *launch, const char *const *arguments, const struct launch_options *options,
                 const struct launch_bounds *bounds, struct error *error)
{
    struct pipes pipes;
    pid_t collect = getpid();

    launch->tidies_up = bounds->stays_outside;
    launch->reaped = false;
    launch->unended = 0;
    memset(launch->refused, 0, sizeof launch->refused);
    if (open_pipes(&pipes, error) != 0)
        return -1;
    launch->pid = fork();
    if (launch->pid == 0)
        become(arguments, options, bounds, &pipes, collect);
    close_ends(&pipes, CHILD_END);
    if (launch->pid < 0 || await_exec(launch, &pipes, arguments[0], error) != 0) {
        if (launch->pid < 0)
            error_set(error, "%s: fork: %s", arguments[0], strerror(errno));
        else
            waitpid(launch->pid, NULL, 0);
        close_ends(&pipes, PARENT_END);
        return -1;
    }
    close_one(&pipes.news[PARENT_END]);
    launch->input = pipes.input[PARENT_END];
    launch->output = pipes.output[PARENT_END];
    launch->stderr_end = pipes.stderr_pipe[PARENT_END];
    fcntl(launch->output, F_SETFL, O_NONBLOCK);
    fcntl(launch->stderr_end, F_SETFL, O_NONBLOCK);
    fcntl(launch->input, F_SETFL, O_NONBLOCK);
    return 0;
}

/* Since Linux 6.2 ru_maxrss may be too low by what each processor counts apart: 372 KiB for each that the program ran
   on in a machine with up to 16, as they count files, memory of one's own and shared memory in steps of 32 pages. */
static int64_t own_peak(const struct launch *launch, const struct rusage *usage)
{
    int64_t peak = (int64_t)usage->ru_maxrss * 1024;

    return launch->inherited_bytes != SAMPLE_UNKNOWN && peak > launch->inherited_bytes ? peak : SAMPLE_UNKNOWN;
}

bool launch_ended(const struct launch *launch, struct launch_outcome *outcome)
{
    siginfo_t information = {0};
    struct rusage usage;

    /* WNOWAIT: launch_end reaps, and until then the process id cannot be reused. The C library's waitid does not return
       the usage, so this is the system call itself. */
    if (syscall(SYS_waitid, P_PID, launch->pid, &information, WEXITED | WNOHANG | WNOWAIT, &usage) != 0 ||
        information.si_pid == 0)
        return false;
    outcome->wait_status =
        information.si_code == CLD_EXITED ? W_EXITCODE(information.si_status, 0) : information.si_status;
    outcome->peak_rss_bytes = own_peak(launch, &usage);
    return true;
}

/* Waits for the child, -1 for any, as wait4 does with these options. Returns whether one was reaped. */
static bool reap(struct launch *launch, pid_t child, int options)
{
    struct rusage usage;
    pid_t pid;

    while ((pid = wait4(child, NULL, options, &usage)) < 0 && errno == EINTR)
        continue;
    if (pid == launch->pid) {
        launch->reaped = true;
        launch->usage = usage;
    }
    return pid > 0;
}

/* Kills the children in one pass and reaps them in another, which is linear in their number. Returns whether there were
   any: their own children are ours by now. One that it may not kill counts only if it has ended by itself. */
static bool end_children(struct launch *launch, int proc, unsigned long long since)
{
    struct process_list children = {0};
    int killed = 0, ended = 0;

    process_list_add_children(&children, proc, getpid());
    for (size_t i = 0; i < children.count; i++) {
        if (kill(children.pid[i], SIGKILL) == 0)
            killed++;
        else if (reap(launch, children.pid[i], WNOHANG))
            ended++;
        else if (process_start_ticks(proc, children.pid[i]) >= since)
            launch->unended = children.pid[i];
    }
    process_list_free(&children);
    for (int i = 0; i < killed; i++)
        reap(launch, -1, 0);
    return killed + ended > 0;
}

/* A client ends its server and removes what it made for it. */
static void let_tidy_up(const struct launch *launch)
{
    struct pollfd end = {pidfd_open(launch->pid, 0), POLLIN, 0};

    kill(launch->pid, SIGTERM);
    if (end.fd < 0)
        return;
    poll(&end, 1, TIDY_MILLISECONDS);
    close(end.fd);
}

void launch_end(struct launch *launch)
{
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    unsigned long long since = process_start_ticks(proc, launch->pid);

    if (launch->tidies_up)
        let_tidy_up(launch);
    kill(-launch->pid, SIGKILL);
    do
        launch->unended = 0;
    while (end_children(launch, proc, since));
    close_one(&proc);
    close_one(&launch->input);
    close_one(&launch->output);
    close_one(&launch->stderr_end);
}
