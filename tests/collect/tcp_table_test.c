/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel's tables of TCP say of a port. The lines are as Linux 6.18 prints them on a little-endian machine. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/models/connection/tcp_table.h"
#include "tests/collect/files.h"

#include <fcntl.h>
#include <unistd.h>

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
#define LISTENING                                                                                                      \
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 901 1 0 100 0 0 10 "   \
    "0\n"
#define LISTENING_EVERYWHERE                                                                                           \
    "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 901 1 0 100 0 0 10 "   \
    "0\n"
#define ACCEPTED                                                                                                       \
    "   1: 0100007F:1F90 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 912 1 0 20 4 30 10 "   \
    "-1\n"
#define IN_BACKLOG                                                                                                     \
    "   2: 0100007F:1F90 0100007F:D2F2 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1\n"
#define NOT_CLOSED                                                                                                     \
    "   3: 0100007F:1F90 0100007F:D2F4 08 00000000:00000000 00:00000000 00000000     0        0 914 1 0 20 4 30 10 "   \
    "-1\n"
#define CLIENTS_END                                                                                                    \
    "   4: 0100007F:D2F0 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 913 1 0 20 4 30 10 "   \
    "-1\n"
#define LISTENING_AT_6(address)                                                                                        \
    "   0: " address ":1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0 "    \
    "       0 901 1 0 100 0 0 10 0\n"
#define LISTENING_6 LISTENING_AT_6("00000000000000000000000000000000")
#define LISTENING_LOOPBACK_6 LISTENING_AT_6("00000000000000000000000001000000")
#define LISTENING_MAPPED LISTENING_AT_6("0000000000000000FFFF00000100007F")

/* The table of port 8080 (hexadecimal 1F90). */
static struct tcp_table table_of(const char *tcp, const char *tcp6)
{
    char directory[PATH_MAX];
    struct tcp_table table;
    int proc;

    files_make(directory);
    files_make_below(directory, "net");
    files_put(directory, "net/tcp", tcp);
    files_put(directory, "net/tcp6", tcp6);
    proc = open(directory, O_RDONLY | O_DIRECTORY);
    table = tcp_table_read(proc, 8080);
    close(proc);
    files_remove(directory);
    return table;
}

static void skip_unless_little_endian(void)
{
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        skip();
}

static void connections_are_told_apart_at_the_servers_end(void **state)
{
    struct tcp_table table = table_of(HEAD LISTENING ACCEPTED ACCEPTED IN_BACKLOG NOT_CLOSED CLIENTS_END, HEAD);

    (void)state;
    skip_unless_little_endian();
    assert_true(table.listens);
    assert_string_equal(table.elsewhere, "");
    assert_int_equal(table.accepted, 2);
    assert_int_equal(table.waiting, 1);
    assert_int_equal(table.closing, 1);
}

static void another_address_is_named(void **state)
{
    struct tcp_table table = table_of(HEAD LISTENING_EVERYWHERE, HEAD);

    (void)state;
    skip_unless_little_endian();
    assert_false(table.listens);
    assert_string_equal(table.elsewhere, "0.0.0.0:8080");
    table = table_of(HEAD, HEAD LISTENING_6);
    assert_false(table.listens);
    assert_string_equal(table.elsewhere, "[::]:8080");
}

static void the_loopback_of_version_6_is_another_unless_it_is_mapped(void **state)
{
    struct tcp_table table = table_of(HEAD, HEAD LISTENING_LOOPBACK_6);

    (void)state;
    skip_unless_little_endian();
    assert_false(table.listens);
    assert_string_equal(table.elsewhere, "");
    table = table_of(HEAD, HEAD LISTENING_MAPPED);
    assert_true(table.listens);
}

static void an_empty_table_has_nothing(void **state)
{
    struct tcp_table table = table_of(HEAD CLIENTS_END, "");

    (void)state;
    assert_false(table.listens);
    assert_int_equal(table.accepted + table.waiting + table.closing, 0);
}

static void a_port_is_found(void **state)
{
    (void)state;
    assert_in_range(tcp_table_find_port(), 1024, 65535);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_told_apart_at_the_servers_end),
        cmocka_unit_test(another_address_is_named),
        cmocka_unit_test(the_loopback_of_version_6_is_another_unless_it_is_mapped),
        cmocka_unit_test(an_empty_table_has_nothing),
        cmocka_unit_test(a_port_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
