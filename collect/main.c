/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect: measures what concurrent tasks weigh. main_options.c reads the command line, choice.c chooses the models,
   sweep.c makes the sweep, main_list.c and main_progress.c print. */
#include "collect/choice.h"
#include "collect/init.h"
#include "collect/main_list.h"
#include "collect/main_options.h"
#include "collect/main_progress.h"
#include "collect/scope.h"
#include "collect/sidecar.h"
#include "collect/sweep.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- what can be asked for: each returns the exit status, or -1 and an error -------------------------------------- */

static int list_models(const struct main_options *options, const struct model_list *list, struct error *error)
{
    struct choice choice;

    if (choice_take(&choice, &options->setup, list, error) != 0)
        return -1;
    main_list_models(choice.model, choice.count);
    return EXIT_SUCCESS;
}

/* Chooses the models and plans the runs. Returns the exit status of a sweep that cannot be understood. */
static int choose(struct choice *choice, struct plan *plan, const struct setup *setup, const struct model_list *list,
                  struct error *error)
{
    int result = choice_take_able(choice, setup, list, error);

    if (result == CHOICE_UNABLE) {
        warnx("%s", error->text);
        return OPTION_EXIT_USAGE;
    }
    return result == 0 ? choice_plan(plan, choice, setup, error) : -1;
}

/* Tells which models do not do which works, since nobody asked them to. */
static void tell_left_out(const struct choice *choice, const struct setup *setup, const struct model_list *list)
{
    char *text = choice->has_left_out ? choice_tell_left_out(setup, list) : NULL;

    if (text)
        warnx("%s", text);
    free(text);
}

static int list_plan(const struct main_options *options, const struct model_list *list, struct error *error)
{
    struct choice choice;
    struct plan plan;
    int status = choose(&choice, &plan, &options->setup, list, error);

    if (status != 0)
        return status;
    tell_left_out(&choice, &options->setup, list);
    main_list_plan(&plan);
    plan_free(&plan);
    return EXIT_SUCCESS;
}

/* Chooses the models, plans the runs and makes the sweep. */
static int sweep(struct sweep_order order, const struct main_options *options, const struct model_list *list,
                 struct sweep_outcome *outcome, struct error *error)
{
    struct main_progress told = {.quiet = options->quiet, .in_lines = options->check};
    struct choice choice;
    struct plan plan;
    int status = choose(&choice, &plan, order.setup, list, error);

    if (status != 0)
        return status;
    tell_left_out(&choice, order.setup, list);
    order.choice = &choice;
    order.plan = &plan;
    order.version = TASKWEIGHT_VERSION;
    order.command = options->command;
    order.tell = main_progress_tell;
    order.context = &told;
    status = sweep_make(&order, outcome, error);
    status = main_progress_end(&told, outcome, status != 0, error);
    plan_free(&plan);
    return status;
}

/* A sweep that ends by its time may be given another one when it is resumed. */
static int give_time(struct setup *setup, const struct main_options *options, struct error *error)
{
    if (!(options->setup.for_seconds > 0))
        return 0;
    if (!(setup->for_seconds > 0))
        return error_set(error, "--for: the sweep of %s was begun without it (leave it out)", options->resume);
    setup->for_seconds = options->setup.for_seconds;
    return 0;
}

static int resume(const struct main_options *options, struct model_list *list, struct error *error)
{
    char *path = sidecar_path(options->resume), recording[PATH_MAX];
    json_object *old = sidecar_read(path, error);
    struct sweep_outcome outcome;
    struct setup setup = {0};
    int status = -1;

    snprintf(recording, sizeof recording, "%s", options->resume);
    if (old && sidecar_setup(old, path, &setup, error) == 0 && give_time(&setup, options, error) == 0 &&
        sidecar_enter(old, &setup, recording, error) == 0 && choice_add(&setup, CHOICE_NO_PAYLOAD, list, error) == 0)
        status = sweep((struct sweep_order){.setup = &setup, .recording = recording, .old = old}, options, list,
                       &outcome, error);
    json_object_put(old);
    free(path);
    return status;
}

/* Makes a new sweep. analyze judges what --check recorded. */
static int record(const struct main_options *options, const struct model_list *list, struct error *error)
{
    struct sweep_outcome outcome;
    int status = sweep((struct sweep_order){.setup = &options->setup, .recording = options->output}, options, list,
                       &outcome, error);

    if (status == EXIT_SUCCESS && options->check && strcmp(outcome.recording, SWEEP_STDOUT) != 0)
        main_list_judge(outcome.recording);
    return status;
}

static int collect(struct main_options *options, struct model_list *list, struct error *error)
{
    if (options->resume)
        return resume(options, list, error);
    if (options->setup.models == 0 && !options->setup.command)
        model_list_describe(list);
    if (choice_add(&options->setup, options->payload, list, error) != 0)
        return -1;
    if (options->plan)
        return list_plan(options, list, error);
    if (options->list)
        return list_models(options, list, error);
    return record(options, list, error);
}

/* --- main --------------------------------------------------------------------------------------------------------- */

/* Undoes what collect may inherit: with a standard stream closed, a recording could get its descriptor, and with
   SIGCHLD ignored, children cannot be waited for. In the background of a terminal with `stty tostop`, a message would
   stop the sweep by SIGTTOU. */
static void settle_surroundings(void)
{
    sigset_t stops;

    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(EXIT_FAILURE);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&stops);
    sigaddset(&stops, SIGTTOU);
    sigprocmask(SIG_BLOCK, &stops, NULL);
}

static int close_stdout(int status)
{
    if (fclose(stdout) == 0 || status != EXIT_SUCCESS)
        return status;
    warn("standard output");
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct main_options options;
    struct model_list list = {0};
    struct error error = {""};
    char directory[PATH_MAX];
    int status = -1;

    init_stay_behind();
    settle_surroundings();
    gsl_set_error_handler_off();
    main_options_read(&options, argc, argv);
    if (!options.list && !options.plan)
        scope_enter(options.command);
    if (model_find_directory(directory, &error) == 0 && model_find_interpreters(directory, &error) == 0 &&
        model_list_read(&list, directory, &error) == 0)
        status = collect(&options, &list, &error);
    if (status < 0) {
        warnx("%s", error.text);
        status = EXIT_FAILURE;
    }
    model_list_free(&list);
    main_options_free(&options);
    return close_stdout(status);
}
