/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By OpenSSL.
   pkg-config: openssl
   package: libssl-dev */
#include "collect/models/connection/tls.h"

#include <errno.h>

#if __has_include(<openssl/ssl.h>)
#include <openssl/err.h>
#include <openssl/ssl.h>

const char *const tls_unavailable = NULL;

/* An SSL is what the pointers to struct tls point to. */
static SSL *session_of(struct tls *tls)
{
    return (SSL *)tls;
}

/* One for all connections; it is not freed. */
static SSL_CTX *shared_context(void)
{
    static SSL_CTX *context;

    if (!context) {
        context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    }
    return context;
}

struct tls *tls_new(int descriptor)
{
    SSL *session = SSL_new(shared_context());

    if (!session)
        return NULL;
    SSL_set_fd(session, descriptor);
    SSL_set_connect_state(session);
    return (struct tls *)session;
}

int tls_shake_hands(struct tls *tls)
{
    int result;

    ERR_clear_error();
    result = SSL_do_handshake(session_of(tls));
    if (result == 1)
        return 1;
    return SSL_get_error(session_of(tls), result) == SSL_ERROR_WANT_READ ? 0 : -1;
}

ssize_t tls_send(struct tls *tls, const void *bytes, size_t length)
{
    size_t sent = 0;

    ERR_clear_error();
    return SSL_write_ex(session_of(tls), bytes, length, &sent) == 1 ? (ssize_t)sent : -1;
}

/* The server's end of TLS is as much an end as that of its socket. */
ssize_t tls_receive(struct tls *tls, void *bytes, size_t size)
{
    size_t received = 0;

    ERR_clear_error();
    if (SSL_read_ex(session_of(tls), bytes, size, &received) == 1)
        return (ssize_t)received;
    if (SSL_get_error(session_of(tls), 0) != SSL_ERROR_WANT_READ)
        return 0;
    errno = EAGAIN;
    return -1;
}

void tls_free(struct tls *tls)
{
    if (tls)
        SSL_shutdown(session_of(tls));
    SSL_free(session_of(tls));
}

const char *tls_fault(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    return reason ? reason : "the server closed it";
}

#else

const char *const tls_unavailable = "built without OpenSSL (install libssl-dev, build again)";

struct tls *tls_new(int descriptor)
{
    (void)descriptor;
    errno = ENOSYS;
    return NULL;
}

int tls_shake_hands(struct tls *tls)
{
    (void)tls;
    return -1;
}

ssize_t tls_send(struct tls *tls, const void *bytes, size_t length)
{
    (void)tls;
    (void)bytes;
    (void)length;
    return -1;
}

ssize_t tls_receive(struct tls *tls, void *bytes, size_t size)
{
    (void)tls;
    (void)bytes;
    (void)size;
    return 0;
}

void tls_free(struct tls *tls)
{
    (void)tls;
}

const char *tls_fault(void)
{
    return tls_unavailable;
}
#endif
