/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's end of a connection over TLS, on a socket that does not block. The server is a child on the same
   machine, so its certificate is not checked. */
#ifndef TASKWEIGHT_CONNECTION_TLS_H
#define TASKWEIGHT_CONNECTION_TLS_H

#include <stddef.h>
#include <sys/types.h>

struct tls;

/* Why this build cannot speak it, and what to do; NULL if it can. */
extern const char *const tls_unavailable;

/* NULL if memory runs out. The caller closes the socket after tls_free. */
struct tls *tls_new(int descriptor);

/* Goes on with the handshake: 1 when it is over, 0 while it waits for the server, -1 if it has failed. */
int tls_shake_hands(struct tls *tls);

/* As send and recv: -1 with EAGAIN where there is nothing to read. What was read may be a part of what there is. */
ssize_t tls_send(struct tls *tls, const void *bytes, size_t length);
ssize_t tls_receive(struct tls *tls, void *bytes, size_t size);

/* Tells the server that it is over. NULL is none. */
void tls_free(struct tls *tls);

/* What the last thing was that failed. */
const char *tls_fault(void);

#endif
