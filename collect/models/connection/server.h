/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server of a run, which is a child of the interpreter, with a directory of its own. */
#ifndef TASKWEIGHT_CONNECTION_SERVER_H
#define TASKWEIGHT_CONNECTION_SERVER_H

#include "collect/models/connection/recipe.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Descriptors, separated by commas, of the cgroup.procs of the groups in which collect weighs the server. */
#define SERVER_JOIN "TASKWEIGHT_JOIN"

struct server {
    pid_t pid;      /* 0: it was not started, or has been reaped */
    int process;    /* a pidfd, readable once it has ended */
    int port;       /* at which it is to listen */
    int directory;  /* descriptor of its own, locked: one that nobody has locked is left over */
    char path[256]; /* of that directory */
};

#define SERVER_FAULT_SIZE 512

/* Removes the directories that killed interpreters left, makes one, and starts the recipe's script by /bin/sh in the
   groups of SERVER_JOIN, with PORT, DIR and PARAMETER in its environment, nothing on its stdin, and its stdout where
   its stderr goes. It dies with the interpreter. Returns false and the reason if it cannot; call server_end in either
   case. */
bool server_start(struct server *server, const struct recipe *recipe, const char *parameter,
                  char fault[SERVER_FAULT_SIZE]);

/* Whether its first process has ended, with the way in which it did: "ended with status 1". */
bool server_has_ended(const struct server *server, char how[SERVER_FAULT_SIZE]);

/* The status with which its first process gave up, having said why on its stderr; 0 if it has not. */
int server_failure(const struct server *server);

/* Asks it to end (SIGTERM), kills it if it has not after a while, and removes the directory. */
void server_end(struct server *server);

#endif
