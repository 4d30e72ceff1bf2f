/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recipe: how a server is started, and when a connection to it is alive. It is a file of lines "KEY TEXT":

       summary   one line: what a connection is here
       server    a shell script that becomes the server; each such line is a line of it
       say       what the client sends
       expect    how the answer begins
       until     how it ends, where its beginning does not tell that the server is ready
       tls       with that word behind the colon of its name, as in nginx:tls, the client speaks TLS
       version   a shell command that prints the server's version, and nothing where it is not installed
       package   the Debian package that brings it; what is behind a = is a probe for make deps-servers (.debian/deps)

   `server`, and `say` or `expect`, are needed. In say, expect and until \r \n \t \0 \\ and \xHH stand for bytes. Blank
   lines and those that begin with # are comments; so is the first line, which names the interpreter. */
#ifndef TASKWEIGHT_CONNECTION_RECIPE_H
#define TASKWEIGHT_CONNECTION_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

struct recipe_bytes {
    char *at;
    size_t length;
};

/* Texts that the file does not have are "". */
struct recipe {
    char *summary, *server, *tls, *version, *package;
    struct recipe_bytes say, expect, until;
    char fault[512]; /* what is wrong with it: "FILE:LINE: ..." */
};

/* Reads the file. Returns false if it is no recipe, with its fault. Free it in either case. */
bool recipe_read(struct recipe *recipe, const char *path);

void recipe_free(struct recipe *recipe);

/* Whether its server takes that text behind the colon of a name such as calibrate-server:1024, as $PARAMETER. */
bool recipe_takes(const struct recipe *recipe, const char *parameter);

/* Whether the client speaks TLS then. */
bool recipe_is_over_tls(const struct recipe *recipe, const char *parameter);

#endif
