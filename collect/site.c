/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/site.h"

#include "collect/launch.h"
#include "collect/raise.h"
#include "collect/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Signals that end a sweep arrive through a descriptor, so that the run under way can be ended in order. SIGHUP stays
   out of the set if it was ignored at the start (nohup): a signalfd reports ignored signals, too. */
static int open_signals(void)
{
    struct sigaction hangup;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) != 0 || hangup.sa_handler != SIG_IGN)
        sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* writing past RLIMIT_FSIZE is then an error, as on a full disk */
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void put_back(struct site *site)
{
    if (site->is_raised)
        keeper_end(&site->raised);
    close(site->proc);
    close(site->signals);
}

/* Keepers are forked before collect adopts orphans. The keeper of the bounds is forked first: it must not be in the
   leaf that collect may move into, which has to be empty to be removed. */
static int start_keepers(struct site *site, bool raise, struct error *lack, struct error *error)
{
    if (raise && raise_limits(&site->raised, error) != 0)
        return -1;
    site->is_raised = raise;
    groups_open(&site->groups, site->proc, "/sys/fs/cgroup", getpid(), lack);
    return groups_keep_clean(&site->groups, &site->keeper, error);
}

/* The processes that collect starts would not be found in a foreign one. */
static bool shows_this_process(int proc)
{
    char self[16] = "";

    return readlinkat(proc, "self", self, sizeof self - 1) > 0 && atoi(self) == getpid();
}

int site_open(struct site *site, bool raise, struct error *lack, struct error *error)
{
    *site = (struct site){.host = "unknown", .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (site->proc < 0)
        return error_set(error, "/proc: %s (is it mounted?)", strerror(errno));
    if (!shows_this_process(site->proc)) {
        close(site->proc);
        return error_set(error, "/proc: is of another PID namespace than this process (mount its own: mount -t proc "
                                "proc /proc)");
    }
    gethostname(site->host, sizeof site->host - 1);
    text_make_plain(site->host);
    site->signals = open_signals();
    lack->text[0] = '\0';
    if (start_keepers(site, raise, lack, error) != 0) {
        put_back(site);
        return -1;
    }
    launch_adopt_orphans();
    return 0;
}

void site_close(struct site *site)
{
    groups_close(&site->groups);
    keeper_end(&site->keeper);
    put_back(site);
}
