/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fork, exec and the end of a model's program. */
#include "collect/launch.h"

#include "collect/process.h"
#include "collect/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Limits that models run into. Not the stack's: the C library takes a thread's default stack size from it. */
static const int raised_limits[] = {RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_SIGPENDING, RLIMIT_MEMLOCK};

enum { CHILD_END, PARENT_END };

struct pipes {
    int input[2], output[2], stderr_pipe[2], failure[2]; /* [CHILD_END], [PARENT_END] */
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
    close_one(&pipes->failure[end]);
}

static int open_pipes(struct pipes *pipes, struct error *error)
{
    const int reads = 0, writes = 1;

    memset(pipes, -1, sizeof *pipes);
    if (open_pipe(pipes->input, reads) == 0 && open_pipe(pipes->output, writes) == 0 &&
        open_pipe(pipes->stderr_pipe, writes) == 0 && open_pipe(pipes->failure, writes) == 0)
        return 0;
    error_set(error, "pipe: %s", strerror(errno));
    close_ends(pipes, CHILD_END);
    close_ends(pipes, PARENT_END);
    return -1;
}

static void raise_soft_limits(void)
{
    for (size_t i = 0; i < sizeof raised_limits / sizeof *raised_limits; i++) {
        struct rlimit limit;

        if (getrlimit((__rlimit_resource_t)raised_limits[i], &limit) != 0)
            continue;
        limit.rlim_cur = limit.rlim_max;
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

static void join_group(int group)
{
    if (group != LAUNCH_NO_GROUP && write(group, "0", 1) != 1)
        errno = 0; /* the group is then charged nothing, which the recording shows */
}

/* What can fail between fork and exec. Any failure ends the run: it must be as the sidecar says. */
enum step { STEP_HUGE_PAGES, STEP_ADDRESS_LAYOUT, STEP_EXEC };

struct failure {
    enum step step;
    int number; /* errno */
};

static _Noreturn void fail(struct pipes *pipes, enum step step)
{
    struct failure failure = {step, errno};

    if (write(pipes->failure[CHILD_END], &failure, sizeof failure) < 0)
        _exit(126);
    _exit(127);
}

/* In the child, between fork and exec. */
static void become(const char *const *arguments, const struct launch_options *options, int group, struct pipes *pipes,
                   pid_t collect)
{
    sigset_t none;

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != collect)
        _exit(127); /* collect died before the line above */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    join_group(group);
    raise_soft_limits();
    be_killed_first();
    if (!options->huge_pages && prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0)
        fail(pipes, STEP_HUGE_PAGES);
    if (options->fixed_address_layout && personality(ADDR_NO_RANDOMIZE) < 0)
        fail(pipes, STEP_ADDRESS_LAYOUT);
    dup2(pipes->input[CHILD_END], STDIN_FILENO);
    dup2(pipes->output[CHILD_END], STDOUT_FILENO);
    dup2(pipes->stderr_pipe[CHILD_END], STDERR_FILENO);
    execv(arguments[0], (char *const *)arguments);
    fail(pipes, STEP_EXEC);
}

static int await_exec(struct pipes *pipes, const char *path, struct error *error)
{
    static const char *const steps[] = {
        [STEP_HUGE_PAGES] = "huge pages cannot be switched off for it (--thp leaves them on): ",
        [STEP_ADDRESS_LAYOUT] = "its address layout cannot be fixed (leave out --no-aslr): ",
        [STEP_EXEC] = "",
    };
    struct failure failure;

    /* exec closes the pipe; a failure before exec is written to it. */
    if (read(pipes->failure[PARENT_END], &failure, sizeof failure) != sizeof failure)
        return 0;
    return error_set(error, "%s: %s%s", path, steps[failure.step], strerror(failure.number));
}

int launch_start(struct launch *launch, const char *const *arguments, const struct launch_options *options, int group,
                 struct error *error)
{
    struct pipes pipes;
    pid_t collect = getpid();

    launch->reaped = false;
    if (open_pipes(&pipes, error) != 0)
        return -1;
    launch->pid = fork();
    if (launch->pid == 0)
        become(arguments, options, group, &pipes, collect);
    close_ends(&pipes, CHILD_END);
    if (launch->pid < 0 || await_exec(&pipes, arguments[0], error) != 0) {
        if (launch->pid < 0)
            error_set(error, "%s: fork: %s", arguments[0], strerror(errno));
        else
            waitpid(launch->pid, NULL, 0);
        close_ends(&pipes, PARENT_END);
        return -1;
    }
    close_one(&pipes.failure[PARENT_END]);
    launch->input = pipes.input[PARENT_END];
    launch->output = pipes.output[PARENT_END];
    launch->stderr_end = pipes.stderr_pipe[PARENT_END];
    fcntl(launch->output, F_SETFL, O_NONBLOCK);
    fcntl(launch->stderr_end, F_SETFL, O_NONBLOCK);
    fcntl(launch->input, F_SETFL, O_NONBLOCK);
    return 0;
}

/* ru_maxrss survives exec, so a program that stays smaller than collect shows collect's size. */
static int64_t own_peak(const struct rusage *usage)
{
    struct rusage collect;

    getrusage(RUSAGE_SELF, &collect);
    return usage->ru_maxrss > collect.ru_maxrss ? (int64_t)usage->ru_maxrss * 1024 : SAMPLE_UNKNOWN;
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
    outcome->peak_rss_bytes = own_peak(&usage);
    return true;
}

static void reap_one(struct launch *launch)
{
    struct rusage usage;
    pid_t pid;

    while ((pid = wait4(-1, NULL, 0, &usage)) < 0 && errno == EINTR)
        continue;
    if (pid != launch->pid)
        return;
    launch->reaped = true;
    launch->usage = usage;
}

/* Kills all children in one pass and reaps them in another, which is linear in their number. Returns whether there were
   any: their own children are ours by now. */
static bool end_children(struct launch *launch, int proc)
{
    int children = process_signal_children(proc, SIGKILL);

    for (int i = 0; i < children; i++)
        reap_one(launch);
    return children > 0;
}

void launch_end(struct launch *launch)
{
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    kill(-launch->pid, SIGKILL);
    while (end_children(launch, proc))
        continue;
    close_one(&proc);
    close_one(&launch->input);
    close_one(&launch->output);
    close_one(&launch->stderr_end);
}
