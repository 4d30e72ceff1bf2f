/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interpreter of recipes (recipe.h): a task model whose tasks are idle connections to a real server.

       connection RECIPE --describe [PARAMETER]
       connection RECIPE TASKS SECONDS [PARAMETER]

   The server is its child, in the groups that collect weighs; the interpreter itself is the client, and outside. */
#include "collect/models/connection/client.h"
#include "collect/models/connection/recipe.h"
#include "collect/models/connection/server.h"
#include "collect/models/connection/tls.h"

#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_SECONDS 1e6
#define NANOSECONDS 1e9

/* For the commands of the recipe: HERE, its directory, and PATH with the directories in which only root looks for
   programs, where Debian has servers. */
static void set_environment(const char *recipe)
{
    const char *path = getenv("PATH");
    char here[PATH_MAX], *wider;

    if (realpath(recipe, here))
        setenv("HERE", dirname(here), 1);
    if (asprintf(&wider, "%s:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin") < 0)
        return;
    setenv("PATH", wider, 1);
    free(wider);
}

/* --- describing --------------------------------------------------------------------------------------------------- */

/* The first line that the recipe's command prints; "" if it prints none. */
static void ask_version(const struct recipe *recipe, char version[256])
{
    FILE *command = popen(recipe->version, "re");

    if (!command || !fgets(version, 256, command))
        version[0] = '\0';
    version[strcspn(version, "\n")] = '\0';
    if (command)
        pclose(command);
}

static void describe_version(const struct recipe *recipe)
{
    char version[256];

    ask_version(recipe, version);
    if (*version)
        printf("version %s\n", version);
    else if (*recipe->package)
        printf("unavailable the server is not installed (package %.*s)\n", (int)strcspn(recipe->package, "="),
               recipe->package);
    else
        printf("unavailable the server is not installed: '%s' prints nothing\n", recipe->version);
}

static int describe(const char *path, const char *parameter)
{
    struct recipe recipe;
    bool is_good = recipe_read(&recipe, path);

    printf("family connection\nweighs children\nwork sleep\n");
    if (is_good)
        printf("summary %s\n", recipe.summary);
    if (!is_good)
        printf("unavailable %s\n", recipe.fault);
    else if (*parameter && !recipe_takes(&recipe, parameter))
        printf("unavailable its server does not take '%s' as a parameter\n", parameter);
    else if (recipe_is_over_tls(&recipe, parameter) && tls_unavailable)
        printf("unavailable %s\n", tls_unavailable);
    else if (*recipe.version)
        describe_version(&recipe);
    recipe_free(&recipe);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* --- a run -------------------------------------------------------------------------------------------------------- */

/* Where the server is there, collect finds out which limit was met before the answer. */
static int tell_failure(const struct client *client, int64_t started, const char *why)
{
    printf("failed %" PRId64 " %s\n", started, why);
    if (client)
        client_await_answer(client);
    return 1;
}

/* Why a server ended it has said itself, on the stderr that collect reads. */
static int tell_failure_of(const struct client *client)
{
    int status = server_failure(client->server);

    return status ? status : tell_failure(client, client->alive, client->fault);
}

static int hold_connections(struct client *client, int64_t tasks, double seconds)
{
    if (!client_await_server(client))
        return tell_failure_of(client);
    puts("idle");
    client_await_answer(client);
    if (!client_open(client, tasks))
        return tell_failure_of(client);
    printf("ready %" PRId64 "\n", client->alive);
    if (!client_hold(client, client_now_ns() + llround(seconds * NANOSECONDS)) || !client_close(client))
        return tell_failure_of(client);
    printf("done %" PRId64 "\n", tasks);
    client_await_answer(client);
    return 0;
}

static int run_client(const struct recipe *recipe, const struct server *server, int64_t tasks, double seconds,
                      const char *parameter)
{
    struct client client;
    int status = client_new(&client, recipe, server, recipe_is_over_tls(recipe, parameter))
                     ? hold_connections(&client, tasks, seconds)
                     : tell_failure(NULL, 0, client.fault);

    client_free(&client);
    return status;
}

static int run_with(const struct recipe *recipe, int64_t tasks, double seconds, const char *parameter)
{
    char fault[SERVER_FAULT_SIZE];
    struct server server;
    int status = server_start(&server, recipe, parameter, fault)
                     ? run_client(recipe, &server, tasks, seconds, parameter)
                     : tell_failure(NULL, 0, fault);

    server_end(&server);
    return status;
}

/* Whoever ends it by SIGTERM lets it end its server and remove the server's directory. */
static void hold_signals_back(void)
{
    sigset_t end;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigprocmask(SIG_BLOCK, &end, NULL);
}

static int run(const char *path, int64_t tasks, double seconds, const char *parameter)
{
    struct recipe recipe;
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0);
    hold_signals_back();
    status =
        recipe_read(&recipe, path) ? run_with(&recipe, tasks, seconds, parameter) : tell_failure(NULL, 0, recipe.fault);
    recipe_free(&recipe);
    return status;
}

static int usage(void)
{
    fputs("usage: connection RECIPE TASKS SECONDS [PARAMETER], or RECIPE --describe [PARAMETER]\n", stderr);
    return 2;
}

int main(int count, char **argument)
{
    const char *parameter = "";
    char *tasks_end, *seconds_end;
    long long tasks;
    double seconds;

    if (count < 3)
        return usage();
    set_environment(argument[1]);
    if (strcmp(argument[2], "--describe") == 0)
        return describe(argument[1], count > 3 ? argument[3] : parameter);
    if (count < 4 || count > 5)
        return usage();
    tasks = strtoll(argument[2], &tasks_end, 10);
    seconds = strtod(argument[3], &seconds_end);
    if (*tasks_end || *seconds_end || tasks < 1 || !(seconds >= 0 && seconds <= MOST_SECONDS))
        return usage();
    return run(argument[1], tasks, seconds, count > 4 ? argument[4] : parameter);
}
