/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel's tables of TCP sockets (proc_net_tcp in its Documentation/networking) say of a server's port. */
#ifndef TASKWEIGHT_CONNECTION_TCP_TABLE_H
#define TASKWEIGHT_CONNECTION_TCP_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define TCP_TABLE_ADDRESS_SIZE 64

struct tcp_table {
    bool listens;                           /* at 127.0.0.1 */
    char elsewhere[TCP_TABLE_ADDRESS_SIZE]; /* an address beyond the loopback at which that port is listened at; "" if
                                               none */
    int64_t accepted;                       /* connections that a process has, at the server's end */
    int64_t waiting;                        /* those that none has accepted yet */
    int64_t closing;                        /* those that the client has closed and the server has not */
};

/* Reads net/tcp and net/tcp6 below `proc`, a descriptor of /proc. */
struct tcp_table tcp_table_read(int proc, int port);

/* Finds a port of 127.0.0.1 that nobody uses now; -1 and errno where there is none. */
int tcp_table_find_port(void);

#endif
