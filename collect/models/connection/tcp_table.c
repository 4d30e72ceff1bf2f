/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/connection/tcp_table.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct row {
    int family;
    struct in6_addr address; /* of this end; version 4's as version 6 writes it, ::ffff:127.0.0.1 */
    unsigned port, state;
    unsigned long inode; /* of the socket that a process has; 0: none has it yet */
};

/* The address is told in words of the machine's byte order, in hexadecimal digits. */
static bool parse_address(struct row *row, const char *digits)
{
    const uint32_t mapped = htonl(0xffff);
    uint32_t word[4] = {0, 0, mapped};
    int first = row->family == AF_INET ? 3 : 0;

    for (int i = first; i < 4; i++, digits += 8)
        if (sscanf(digits, "%8" SCNx32, &word[i]) != 1)
            return false;
    memcpy(&row->address, word, sizeof word);
    if (IN6_IS_ADDR_V4MAPPED(&row->address))
        row->family = AF_INET;
    return true;
}

static bool parse(const char *line, struct row *row)
{
    char address[33];

    if (sscanf(line, " %*d: %32[0-9A-F]:%x %*x:%*x %x %*x:%*x %*x:%*x %*x %*u %*u %lu", address, &row->port,
               &row->state, &row->inode) != 4)
        return false;
    row->family = strlen(address) == 8 ? AF_INET : AF_INET6;
    return parse_address(row, address);
}

static const void *bytes_of(const struct row *row)
{
    return row->family == AF_INET ? &row->address.s6_addr32[3] : row->address.s6_addr32;
}

static void format_address(char text[TCP_TABLE_ADDRESS_SIZE], const struct row *row)
{
    char address[INET6_ADDRSTRLEN] = "";

    inet_ntop(row->family, bytes_of(row), address, sizeof address);
    snprintf(text, TCP_TABLE_ADDRESS_SIZE, row->family == AF_INET ? "%s:%u" : "[%s]:%u", address, row->port);
}

static bool is_loopback(const struct row *row)
{
    return row->family == AF_INET ? row->address.s6_addr32[3] == htonl(INADDR_LOOPBACK)
                                  : IN6_IS_ADDR_LOOPBACK(&row->address);
}

static void count(struct tcp_table *table, const struct row *row)
{
    if (row->state == TCP_LISTEN && is_loopback(row))
        table->listens |= row->family == AF_INET;
    else if (row->state == TCP_LISTEN)
        format_address(table->elsewhere, row);
    else if (row->state == TCP_ESTABLISHED && row->inode != 0)
        table->accepted++;
    else if (row->state == TCP_ESTABLISHED || row->state == TCP_SYN_RECV)
        table->waiting++;
    else if (row->state == TCP_CLOSE_WAIT || row->state == TCP_LAST_ACK)
        table->closing++;
}

static void read_file(struct tcp_table *table, int proc, const char *path, int port)
{
    int descriptor = openat(proc, path, O_RDONLY | O_CLOEXEC);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "r") : NULL;
    char line[512];
    struct row row;

    if (!file) {
        if (descriptor >= 0)
            close(descriptor);
        return;
    }
    while (fgets(line, sizeof line, file))
        if (parse(line, &row) && (int)row.port == port)
            count(table, &row);
    fclose(file);
}

struct tcp_table tcp_table_read(int proc, int port)
{
    struct tcp_table table = {0};

    read_file(&table, proc, "net/tcp", port);
    read_file(&table, proc, "net/tcp6", port);
    return table;
}

int tcp_table_find_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_found = descriptor >= 0 && bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
                    getsockname(descriptor, (struct sockaddr *)&address, &size) == 0;

    if (descriptor >= 0)
        close(descriptor);
    return is_found ? ntohs(address.sin_port) : -1;
}
