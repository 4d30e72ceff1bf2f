/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/connection/client.h"

#include "collect/models/connection/tcp_table.h"
#include "collect/models/connection/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/param.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_WAITING 64   /* connections that have not been answered */
#define MOST_ANSWER 16384 /* bytes */
#define TOLD_ANSWER 120   /* of them in a fault */
#define MOST_EVENTS 256

#define MILLISECOND INT64_C(1000000)
#define SECOND (1000 * MILLISECOND)
#define PATIENCE_SECONDS 5           /* without any connection that becomes alive */
#define READY_SECONDS 10             /* for a server that starts */
#define LOOK_AGAIN (5 * MILLISECOND) /* at what no event tells of */

/* Marks of events that are not of a connection, which have its place. */
#define SERVER_ENDED UINT64_MAX
#define ASKED_TO_END (UINT64_MAX - 1)

#define WAS_ASKED_TO_END "was asked to end"

enum stage { CONNECTING, SHAKING_HANDS, ASKED, ALIVE };

struct client_connection {
    int descriptor;
    struct tls *tls; /* NULL: it is plain */
    enum stage stage;
    size_t heard; /* bytes of the answer */
    char *answer; /* until it is whole */
};

int64_t client_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

/* Returns whether it was asked to end meanwhile. */
static bool look_again_later(const struct client *client)
{
    struct pollfd end = {client->asked_to_end, POLLIN, 0};

    return poll(&end, 1, LOOK_AGAIN / MILLISECOND) == 1;
}

void client_await_answer(const struct client *client)
{
    struct pollfd sources[] = {{client->asked_to_end, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    char byte = '\0';

    while (byte != '\n' && poll(sources, 2, -1) > 0 && !sources[0].revents)
        if (read(STDIN_FILENO, &byte, 1) != 1)
            return;
}

/* --- faults ------------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static bool fail(struct client *client, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(client->fault, sizeof client->fault, format, arguments);
    va_end(arguments);
    return false;
}

/* "connection 501 of 600" */
static const char *which(char text[64], const struct client *client, int64_t place)
{
    snprintf(text, 64, "connection %" PRId64 " of %" PRId64, place + 1, client->wanted);
    return text;
}

/* What is not UTF-8 collect replaces. */
static bool is_printable(char byte)
{
    return (unsigned char)byte >= ' ' && byte != '\x7f';
}

static bool ends_line(char byte)
{
    return byte == '\r' || byte == '\n';
}

/* The first line of the answer; one question mark for any bytes in a row that cannot be printed. */
static const char *tell_answer(char text[TOLD_ANSWER + 1], const struct client_connection *connection)
{
    size_t length = 0;

    for (size_t i = 0; i < connection->heard && length < TOLD_ANSWER && !ends_line(connection->answer[i]); i++)
        if (is_printable(connection->answer[i]))
            text[length++] = connection->answer[i];
        else if (length == 0 || text[length - 1] != '?')
            text[length++] = '?';
    text[length] = '\0';
    return text;
}

static bool fail_by_answer(struct client *client, int64_t place)
{
    char name[64], answer[TOLD_ANSWER + 1];

    return fail(client, "%s was answered: %s", which(name, client, place),
                tell_answer(answer, &client->connection[place]));
}

static bool fail_by_silence(struct client *client)
{
    struct tcp_table table = tcp_table_read(client->proc, client->server->port);
    char name[64];

    return fail(client,
                "the server has not answered %s for %d s: it has accepted %" PRId64 ", and %" PRId64
                " wait in its backlog",
                which(name, client, client->alive), PATIENCE_SECONDS, table.accepted, table.waiting);
}

static bool fail_by_close(struct client *client, int64_t place)
{
    const struct client_connection *connection = &client->connection[place];
    char name[64], answer[TOLD_ANSWER + 1];

    if (connection->stage == ALIVE)
        return fail(client, "the server closed a connection that was alive, with %" PRId64 " of %" PRId64 " open",
                    --client->alive, client->wanted);
    if (connection->heard > 0)
        return fail(client, "the server closed %s, having said: %s", which(name, client, place),
                    tell_answer(answer, connection));
    return fail(client, "the server closed %s without an answer", which(name, client, place));
}

static bool fail_by_end(struct client *client)
{
    char how[SERVER_FAULT_SIZE];

    return fail(client, "the server %s", server_has_ended(client->server, how) ? how : "has ended");
}

/* --- one connection ----------------------------------------------------------------------------------------------- */

static void watch_for(struct client *client, int64_t place, uint32_t events, int operation)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)place};

    epoll_ctl(client->epoll, operation, client->connection[place].descriptor, &event);
}

/* From one address there are as many connections as ports; the next has as many again. */
static bool connect_from(struct client *client, int descriptor)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((in_port_t)client->server->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(client->source)};
    const int yes = 1;

    if (client->source != INADDR_LOOPBACK) {
        setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        if (bind(descriptor, (const struct sockaddr *)&from, sizeof from) != 0)
            return false;
    }
    return connect(descriptor, (const struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS;
}

static int open_socket(struct client *client)
{
    for (int tries = 0; tries < 2; tries++) {
        int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), reason;

        if (descriptor < 0 || connect_from(client, descriptor))
            return descriptor;
        reason = errno;
        close(descriptor);
        errno = reason;
        if (reason != EADDRNOTAVAIL)
            break;
        client->source++;
    }
    return -1;
}

static bool open_one(struct client *client)
{
    struct client_connection *connection = &client->connection[client->opened];
    char name[64];

    connection->descriptor = open_socket(client);
    if (connection->descriptor < 0)
        return fail(client, "the client cannot open %s: %s (%s)", which(name, client, client->opened),
                    strerrorname_np(errno), strerror(errno));
    watch_for(client, client->opened++, EPOLLOUT, EPOLL_CTL_ADD);
    return true;
}

static void become_alive(struct client *client, int64_t place)
{
    struct client_connection *connection = &client->connection[place];

    connection->stage = ALIVE;
    free(connection->answer);
    connection->answer = NULL;
    client->alive++;
}

static ssize_t send_to(const struct client_connection *connection, const struct recipe_bytes *bytes)
{
    return connection->tls ? tls_send(connection->tls, bytes->at, bytes->length)
                           : send(connection->descriptor, bytes->at, bytes->length, MSG_NOSIGNAL);
}

static ssize_t receive_from(const struct client_connection *connection, char *bytes, size_t size)
{
    return connection->tls ? tls_receive(connection->tls, bytes, size) : recv(connection->descriptor, bytes, size, 0);
}

static bool ask(struct client *client, int64_t place)
{
    const struct recipe_bytes *say = &client->recipe->say;
    struct client_connection *connection = &client->connection[place];
    char name[64];

    if (say->length > 0 && send_to(connection, say) != (ssize_t)say->length)
        return fail(client, "%s cannot be written to: %s", which(name, client, place), strerror(errno));
    connection->stage = ASKED;
    if (client->recipe->expect.length == 0)
        become_alive(client, place);
    return true;
}

static bool shake_hands(struct client *client, int64_t place)
{
    int result = tls_shake_hands(client->connection[place].tls);
    char name[64];

    if (result < 0)
        return fail(client, "%s has no TLS: %s", which(name, client, place), tls_fault());
    return result == 0 || ask(client, place);
}

/* The kernel has connected it, or not. */
static bool begin(struct client *client, int64_t place)
{
    struct client_connection *connection = &client->connection[place];
    int reason = 0;
    socklen_t size = sizeof reason;
    char name[64];

    getsockopt(connection->descriptor, SOL_SOCKET, SO_ERROR, &reason, &size);
    if (reason != 0)
        return fail(client, "%s was refused: %s", which(name, client, place), strerror(reason));
    watch_for(client, place, EPOLLIN, EPOLL_CTL_MOD);
    if (!client->is_over_tls)
        return ask(client, place);
    connection->tls = tls_new(connection->descriptor);
    if (!connection->tls)
        return fail(client, "the client is out of memory");
    connection->stage = SHAKING_HANDS;
    return shake_hands(client, place);
}

static bool is_whole(const struct recipe *recipe, const struct client_connection *connection)
{
    size_t heard = connection->heard, until = recipe->until.length;

    return heard >= recipe->expect.length && heard >= until &&
           memcmp(connection->answer + heard - until, recipe->until.at ? recipe->until.at : "", until) == 0;
}

/* What the server says when it was answered already does not matter, but that it has ended does. */
static bool ignore(struct client *client, int64_t place)
{
    char bytes[4096];
    ssize_t got;

    do
        got = receive_from(&client->connection[place], bytes, sizeof bytes);
    while (got > 0);
    return (got < 0 && (errno == EAGAIN || errno == EINTR)) || fail_by_close(client, place);
}

static bool judge(struct client *client, int64_t place)
{
    const struct recipe_bytes *expect = &client->recipe->expect;
    const struct client_connection *connection = &client->connection[place];
    char name[64];

    if (memcmp(connection->answer, expect->at, MIN(connection->heard, expect->length)) != 0)
        return fail_by_answer(client, place);
    if (is_whole(client->recipe, connection))
        become_alive(client, place);
    else if (connection->heard == MOST_ANSWER)
        return fail(client, "%s was answered with %d bytes that do not end as the recipe's `until` says",
                    which(name, client, place), MOST_ANSWER);
    return true;
}

/* TLS may have more of the answer than was read, of which no event tells. */
static bool hear(struct client *client, int64_t place)
{
    struct client_connection *connection = &client->connection[place];

    if (!connection->answer && !(connection->answer = calloc(1, MOST_ANSWER)))
        return fail(client, "the client is out of memory");
    while (connection->stage == ASKED) {
        ssize_t got = receive_from(connection, connection->answer + connection->heard, MOST_ANSWER - connection->heard);

        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (got <= 0)
            return fail_by_close(client, place);
        connection->heard += (size_t)got;
        if (!judge(client, place))
            return false;
    }
    return true;
}

static bool go_on_with(struct client *client, int64_t place)
{
    static bool (*const steps[])(struct client *, int64_t) = {
        [CONNECTING] = begin, [SHAKING_HANDS] = shake_hands, [ASKED] = hear, [ALIVE] = ignore};

    return steps[client->connection[place].stage](client, place);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/* Does what the connections are ready for, waiting no longer than until that moment. */
static bool go_on(struct client *client, int64_t until_ns)
{
    struct epoll_event events[MOST_EVENTS];
    int64_t left = MAX(0, until_ns - client_now_ns());
    int count = epoll_wait(client->epoll, events, MOST_EVENTS, (int)MIN((left + MILLISECOND - 1) / MILLISECOND, 60000));

    for (int i = 0; i < count; i++) {
        if (events[i].data.u64 == SERVER_ENDED)
            return fail_by_end(client);
        if (events[i].data.u64 == ASKED_TO_END)
            return fail(client, WAS_ASKED_TO_END);
        if (!go_on_with(client, (int64_t)events[i].data.u64))
            return false;
    }
    return true;
}

/* Whether the kernel's table has as many accepted connections as are open. */
static bool await_accepted(struct client *client)
{
    int64_t patient_until = client_now_ns() + PATIENCE_SECONDS * SECOND;

    for (;;) {
        struct tcp_table table = tcp_table_read(client->proc, client->server->port);

        if (table.accepted == client->wanted && table.waiting == 0)
            return true;
        if (client_now_ns() > patient_until) {
            client->alive = MIN(client->wanted - 1, table.accepted);
            return fail_by_silence(client);
        }
        if (!go_on(client, client_now_ns() + LOOK_AGAIN))
            return false;
    }
}

bool client_open(struct client *client, int64_t connections)
{
    int64_t alive = 0, patient_until = 0;

    client->wanted = connections;
    client->opened = client->alive = 0;
    client->connection = calloc((size_t)connections, sizeof *client->connection);
    if (!client->connection)
        return fail(client, "the client is out of memory");
    while (client->alive < connections) {
        if (alive != client->alive || patient_until == 0)
            patient_until = client_now_ns() + PATIENCE_SECONDS * SECOND;
        alive = client->alive;
        while (client->opened < connections && client->opened - client->alive < MOST_WAITING)
            if (!open_one(client))
                return false;
        if (!go_on(client, patient_until))
            return false;
        if (client->alive == alive && client_now_ns() > patient_until)
            return fail_by_silence(client);
    }
    if (!await_accepted(client))
        return false;
    client->alive = connections;
    return true;
}

bool client_hold(struct client *client, int64_t until_ns)
{
    while (client_now_ns() < until_ns)
        if (!go_on(client, until_ns))
            return false;
    return true;
}

static void close_all(struct client *client)
{
    for (int64_t i = 0; i < client->opened; i++) {
        tls_free(client->connection[i].tls);
        close(client->connection[i].descriptor);
        free(client->connection[i].answer);
    }
    free(client->connection);
    client->connection = NULL;
    client->opened = client->alive = 0;
}

bool client_close(struct client *client)
{
    int64_t least = INT64_MAX, patient_until = 0;

    close_all(client);
    for (;;) {
        struct tcp_table table = tcp_table_read(client->proc, client->server->port);
        int64_t open = table.accepted + table.waiting + table.closing;

        if (open == 0)
            return true;
        if (open < least)
            patient_until = client_now_ns() + PATIENCE_SECONDS * SECOND;
        least = MIN(least, open);
        if (client_now_ns() > patient_until)
            return fail(client, "the server has not closed %" PRId64 " connections %d s after the client did", open,
                        PATIENCE_SECONDS);
        if (look_again_later(client))
            return fail(client, WAS_ASKED_TO_END);
    }
}

/* --- the server's start ------------------------------------------------------------------------------------------- */

static bool await_listening(struct client *client, int64_t patient_until)
{
    int port = client->server->port;

    for (;;) {
        struct tcp_table table = tcp_table_read(client->proc, port);
        char how[SERVER_FAULT_SIZE];

        if (*table.elsewhere)
            return fail(client, "the server listens at %s, where others can reach it (it has to at 127.0.0.1)",
                        table.elsewhere);
        if (table.listens)
            return true;
        if (server_has_ended(client->server, how))
            return fail(client, "the server %s", how);
        if (client_now_ns() > patient_until)
            return fail(client, "the server does not listen at 127.0.0.1:%d ($PORT) after %d s", port, READY_SECONDS);
        if (look_again_later(client))
            return fail(client, WAS_ASKED_TO_END);
    }
}

/* Servers listen before they are ready, and some answer so. */
bool client_await_server(struct client *client)
{
    int64_t patient_until = client_now_ns() + READY_SECONDS * SECOND;
    char how[SERVER_FAULT_SIZE];

    if (!await_listening(client, patient_until))
        return false;
    while (!client_open(client, 1)) {
        close_all(client);
        if (server_has_ended(client->server, how))
            return fail(client, "the server %s", how);
        if (client_now_ns() > patient_until || look_again_later(client))
            return false;
    }
    return client_close(client);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

bool client_new(struct client *client, const struct recipe *recipe, const struct server *server, bool is_over_tls)
{
    struct epoll_event server_end = {.events = EPOLLIN, .data.u64 = SERVER_ENDED};
    struct epoll_event own_end = {.events = EPOLLIN, .data.u64 = ASKED_TO_END};
    sigset_t end;

    sigemptyset(&end);
    sigaddset(&end, SIGTERM);

    *client = (struct client){
        .recipe = recipe,
        .server = server,
        .is_over_tls = is_over_tls,
        .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        .asked_to_end = signalfd(-1, &end, SFD_CLOEXEC),
        .epoll = epoll_create1(EPOLL_CLOEXEC),
        .source = INADDR_LOOPBACK,
    };
    if (client->proc >= 0 && epoll_ctl(client->epoll, EPOLL_CTL_ADD, client->asked_to_end, &own_end) == 0 &&
        epoll_ctl(client->epoll, EPOLL_CTL_ADD, server->process, &server_end) == 0)
        return true;
    return fail(client, "the client cannot begin: %s", strerror(errno));
}

void client_free(struct client *client)
{
    if (client->connection)
        close_all(client);
    if (client->asked_to_end >= 0)
        close(client->asked_to_end);
    if (client->epoll >= 0)
        close(client->epoll);
    if (client->proc >= 0)
        close(client->proc);
}
