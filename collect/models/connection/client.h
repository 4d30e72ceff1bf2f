/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client of a server: it opens connections at 127.0.0.1, proves that each is alive, and holds them. */
#ifndef TASKWEIGHT_CONNECTION_CLIENT_H
#define TASKWEIGHT_CONNECTION_CLIENT_H

#include "collect/models/connection/recipe.h"
#include "collect/models/connection/server.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define CLIENT_FAULT_SIZE 768

struct client {
    const struct recipe *recipe;
    const struct server *server;
    bool is_over_tls;
    int proc;         /* descriptor of /proc */
    int asked_to_end; /* a signalfd: a client that is asked to end fails */
    int epoll;        /* waits for that, for the connections and for the end of the server */
    struct client_connection *connection;
    int64_t wanted, opened, alive;
    in_addr_t source;              /* from which it connects, in the machine's byte order */
    char fault[CLIENT_FAULT_SIZE]; /* why a function returned false */
};

/* Borrows the recipe and the server. SIGTERM, which has to be blocked, asks it to end. Returns false if it cannot. Free
   it in either case. */
bool client_new(struct client *client, const struct recipe *recipe, const struct server *server, bool is_over_tls);

/* Waits until the server listens at its port and one connection was answered, which is closed again. */
bool client_await_server(struct client *client);

/* Opens so many connections, of which no more than 64 wait for an answer at once, until all are alive: answered, and
   accepted by the kernel's table. */
bool client_open(struct client *client, int64_t connections);

/* Holds them until that moment of the monotonic clock, in nanoseconds. False if the server closes one. */
bool client_hold(struct client *client, int64_t until_ns);

/* Closes them, and waits until the server has closed its ends. */
bool client_close(struct client *client);

void client_free(struct client *client);

/* Waits for a line on stdin, its end, or to be asked to end. */
void client_await_answer(const struct client *client);

/* The monotonic clock, in nanoseconds. */
int64_t client_now_ns(void);

#endif
