/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server of null-server and calibrate-server: hold PORT [BYTES]

   It accepts at 127.0.0.1, sends back what a connection says, and touches BYTES for each: what a server cannot do
   without. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096
#define MOST_CONNECTIONS (1 << 20)
#define MOST_BYTES (1 << 20)

static char *memory; /* BYTES for each connection, contiguous */
static size_t bytes;
static size_t connections;

static int fail(const char *what)
{
    fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
    return 1;
}

static int listen_at(int port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((in_port_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int yes = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(listener, BACKLOG) != 0)
        return -1;
    return listener;
}

static void watch(int epoll, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};

    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void take_connection(int epoll, int listener)
{
    int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (descriptor < 0)
        return;
    memset(memory + bytes * connections, 1, bytes);
    connections++;
    watch(epoll, descriptor);
}

static void answer(int descriptor)
{
    char text[512];
    ssize_t length = read(descriptor, text, sizeof text);

    if (length > 0 && write(descriptor, text, (size_t)length) == length)
        return;
    close(descriptor);
    connections--;
}

static int serve(int listener)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event;

    watch(epoll, listener);
    while (epoll_wait(epoll, &event, 1, -1) == 1 || errno == EINTR)
        if (event.data.fd == listener)
            take_connection(epoll, listener);
        else
            answer(event.data.fd);
    return fail("epoll_wait");
}

int main(int count, char **argument)
{
    int listener = count > 1 ? listen_at(atoi(argument[1])) : -1;
    char *end = "";

    bytes = count > 2 ? strtoul(argument[2], &end, 10) : 0;
    if (*end || bytes > MOST_BYTES) {
        fprintf(stderr, "hold: '%s' is no number of bytes up to %d\n", argument[2], MOST_BYTES);
        return 1;
    }
    if (listener < 0)
        return fail("127.0.0.1");
    memory = mmap(NULL, bytes * MOST_CONNECTIONS + 1, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? fail("mmap") : serve(listener);
}
