/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the models' programs and reads their --describe. */
#include "collect/model.h"

#include "collect/array.h"
#include "collect/complaint.h"
#include "collect/event.h"
#include "collect/program.h"
#include "collect/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long a program may take to describe itself, and how much it may say. */
#define MOST_SECONDS 10
#define ANSWER_SIZE 8192
#define PIPE_READS 16 /* of 4 KiB, in what a pipe of Linux holds */
#define ASKED_AT_ONCE 8

static char *or_empty(char *text)
{
    return text ? text : strdup("");
}

/* Stores the text behind "KEY " in the member of that key; unknown keys are ignored. */
static void take_line(struct model *model, const char *line)
{
    const struct {
        const char *key;
        char **value;
    } members[] = {
        {"family ", &model->family},   {"language ", &model->language},       {"summary ", &model->summary},
        {"version ", &model->version}, {"unavailable ", &model->unavailable}, {"payload ", &model->payload},
        {"work ", &model->works},      {"weighs ", &model->weighs},           {"hand-off ", &model->hand_off},
    };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strncmp(line, members[i].key, strlen(members[i].key)) == 0 && !*members[i].value)
            *members[i].value = strdup(line + strlen(members[i].key));
}

static void read_description(struct model *model, char *answer)
{
    char *line;

    while ((line = strsep(&answer, "\n"))) {
        line[strcspn(line, "\r")] = '\0';
        text_make_plain(line);
        take_line(model, line);
    }
}

/* What a program said to --describe. */
struct answer {
    char text[ANSWER_SIZE]; /* on its stdout */
    size_t length;
    struct event_lines lines; /* on its stderr */
    struct complaint complaint;
};

/* Returns 0 or an errno. */
static int ask(const struct model *model, int output, int stderr_end, pid_t *pid)
{
    char *const arguments[] = {model->path, "--describe", *model->parameter ? model->parameter : NULL, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, stderr_end, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP); /* so that its children can be killed with it */
    failure = posix_spawn(pid, model->path, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

static int milliseconds_left(const struct timespec *deadline)
{
    struct timespec now;
    int64_t left;

    clock_gettime(CLOCK_MONOTONIC, &now);
    left = (deadline->tv_sec - now.tv_sec) * 1000 + (deadline->tv_nsec - now.tv_nsec) / 1000000;
    return left > 0 ? (int)left : 0;
}

/* Returns false at the end, or when there is no more room. */
static bool hear_output(int output, struct answer *answer)
{
    ssize_t got = read(output, answer->text + answer->length, sizeof answer->text - 1 - answer->length);

    answer->length += got > 0 ? (size_t)got : 0;
    return got > 0 && answer->length < sizeof answer->text - 1;
}

/* Returns false at the end. */
static bool hear_stderr(int stderr_end, struct answer *answer)
{
    char bytes[4096];
    ssize_t got = read(stderr_end, bytes, sizeof bytes);

    for (ssize_t i = 0; i < got; i++)
        if (event_lines_take(&answer->lines, bytes[i]))
            complaint_take(&answer->complaint, answer->lines.line);
    return got > 0;
}

/* Reads the program's output to its end or until the deadline. What it leaves running may have its stderr open for
   longer. */
static void hear(int output, int stderr_end, struct answer *answer, const struct timespec *deadline)
{
    struct pollfd waits[] = {{output, POLLIN, 0}, {stderr_end, POLLIN, 0}};

    while (waits[0].fd >= 0 && poll(waits, 2, milliseconds_left(deadline)) > 0) {
        if (waits[1].revents && !hear_stderr(stderr_end, answer))
            waits[1].fd = -1;
        if (waits[0].revents && !hear_output(output, answer))
            waits[0].fd = -1;
    }
}

/* Of a program that has ended; its last line may lack the newline. */
static void hear_last_words(int stderr_end, struct answer *answer)
{
    struct pollfd wait = {stderr_end, POLLIN, 0};
    bool more = true;

    for (size_t heard = 0; more && heard < PIPE_READS && poll(&wait, 1, 0) > 0; heard++)
        more = hear_stderr(stderr_end, answer);
    event_lines_take(&answer->lines, '\n');
    complaint_take(&answer->complaint, answer->lines.line);
}

/* Whether the process has ended by the deadline. If not, it is killed with its children. */
static bool await_end(pid_t pid, const struct timespec *deadline, int *wait_status)
{
    static const struct timespec pause = {.tv_nsec = 1000000};

    while (waitpid(pid, wait_status, WNOHANG) == 0) {
        if (milliseconds_left(deadline) == 0) {
            kill(-pid, SIGKILL);
            waitpid(pid, wait_status, 0);
            return false;
        }
        nanosleep(&pause, NULL);
    }
    return true;
}

static char *tell_fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *tell_fault(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return text;
}

/* What is wrong with an answer; NULL if nothing is. */
static char *find_fault(const struct model *model, const struct answer *answer, bool ended, int wait_status)
{
    const char *words = answer->complaint.line, *colon = *words ? ": " : "";

    if (!ended)
        return tell_fault("--describe has not ended after %d s%s%s", MOST_SECONDS, colon, words);
    if (WIFSIGNALED(wait_status))
        return tell_fault("--describe was ended by signal %d (%s)%s%s", WTERMSIG(wait_status),
                          strsignal(WTERMSIG(wait_status)), colon, words);
    if (WEXITSTATUS(wait_status) != 0)
        return tell_fault("--describe ended with exit status %d%s%s", WEXITSTATUS(wait_status), colon, words);
    return model->family ? NULL : tell_fault("--describe printed no line \"family ...\"%s%s", colon, words);
}

/* A program that was asked, and whose answer is still to be heard. */
struct question {
    pid_t pid; /* 0: it could not be asked */
    int output, stderr_end;
};

/* Has the program answer on these pipes, whose ends [1] it gets. */
static void ask_on(struct model *model, struct question *question, const int output[2], const int stderr_ends[2])
{
    int failure = ask(model, output[1], stderr_ends[1], &question->pid);

    close(output[1]);
    close(stderr_ends[1]);
    if (failure == 0) {
        question->output = output[0];
        question->stderr_end = stderr_ends[0];
        return;
    }
    close(output[0]);
    close(stderr_ends[0]);
    question->pid = 0;
    model->unavailable = tell_fault("cannot be started: %s", strerror(failure));
}

static void begin_asking(struct model *model, struct question *question)
{
    int output[2], stderr_ends[2];

    question->pid = 0;
    if (pipe2(output, O_CLOEXEC) != 0) {
        model->unavailable = tell_fault("pipe: %s", strerror(errno));
        return;
    }
    if (pipe2(stderr_ends, O_CLOEXEC) == 0) {
        ask_on(model, question, output, stderr_ends);
        return;
    }
    model->unavailable = tell_fault("pipe: %s", strerror(errno));
    close(output[0]);
    close(output[1]);
}

static void hear_answer(struct model *model, const struct question *question)
{
    struct answer answer = {0};
    struct timespec deadline;
    int wait_status = -1;
    char *fault;
    bool ended;

    if (question->pid == 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += MOST_SECONDS;
    hear(question->output, question->stderr_end, &answer, &deadline);
    ended = await_end(question->pid, &deadline, &wait_status);
    hear_last_words(question->stderr_end, &answer);
    close(question->output);
    close(question->stderr_end);
    read_description(model, answer.text);
    fault = find_fault(model, &answer, ended, wait_status);
    if (model->unavailable)
        free(fault);
    else
        model->unavailable = fault;
}

static int program_filter(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool is_program(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static void fill(struct model *model)
{
    char **texts[] = {&model->command, &model->family,      &model->language, &model->summary,
                      &model->version, &model->unavailable, &model->payload,  &model->works,
                      &model->weighs,  &model->hand_off,    &model->sha256};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = or_empty(*texts[i]);
}

static void free_texts(struct model *model)
{
    char *texts[] = {model->name,    model->path,     model->request, model->parameter, model->command,
                     model->family,  model->language, model->summary, model->version,   model->unavailable,
                     model->payload, model->works,    model->weighs,  model->hand_off,  model->sha256};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
}

/* Takes the model's texts over. */
static int add(struct model_list *list, struct model model, struct error *error)
{
    struct model *more = array_grow(list->model, list->count, sizeof *more);

    if (!more) {
        free_texts(&model);
        return error_set(error, "out of memory for the list of models");
    }
    list->model = more;
    list->model[list->count++] = model;
    return 0;
}

/* Copies the texts. The program is still to be described. */
static int add_program(struct model_list *list, const char *path, const char *name, const char *request,
                       const char *parameter, struct error *error)
{
    const struct model model = {
        .name = strdup(name), .path = strdup(path), .request = strdup(request), .parameter = strdup(parameter)};

    return add(list, model, error);
}

static bool is_described(const struct model *model)
{
    return model->family;
}

/* Calls the programs that are not described yet, of so many from that one on, with --describe. Several answer at once:
   they mostly wait for what they ask themselves. */
static void describe(struct model *model, size_t count)
{
    struct question question[ASKED_AT_ONCE] = {0};
    size_t asked = 0;

    for (size_t i = 0; i < count; i++) {
        for (; asked < count && asked < i + ASKED_AT_ONCE; asked++)
            if (!is_described(&model[asked]))
                begin_asking(&model[asked], &question[asked % ASKED_AT_ONCE]);
        if (is_described(&model[i]))
            continue;
        model[i].sha256 = program_hash_file(model[i].path);
        hear_answer(&model[i], &question[i % ASKED_AT_ONCE]);
        fill(&model[i]);
    }
}

void model_list_describe(struct model_list *list)
{
    describe(list->model, list->count);
}

static int add_described(struct model_list *list, const char *path, const char *name, const char *request,
                         const char *parameter, struct error *error)
{
    if (add_program(list, path, name, request, parameter, error) != 0)
        return -1;
    describe(&list->model[list->count - 1], 1);
    return 0;
}

static int add_from_directory(struct model_list *list, const char *directory, const char *name, struct error *error)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path || !is_program(path))
        return 0;
    return add_program(list, path, name, name, "", error);
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

/* Returns the list's count if it has none. */
static size_t place_of(const struct model_list *list, const char *request)
{
    size_t place = 0;

    while (place < list->count && strcmp(list->model[place].request, request) != 0)
        place++;
    return place;
}

const struct model *model_list_find(const struct model_list *list, const char *request)
{
    size_t place = place_of(list, request);

    return place < list->count ? &list->model[place] : NULL;
}

/* Whether the list has it; it is described then. */
static bool describe_named(const struct model_list *list, const char *request)
{
    size_t place = place_of(list, request);

    if (place == list->count)
        return false;
    describe(&list->model[place], 1);
    return true;
}

/* --- what else is asked for --------------------------------------------------------------------------------------- */

/* Where ":PARAMETER" or "+BYTES" begins in a request; its end if it asks for no variant. Only the last part of a path
   counts. */
static const char *variant_mark(const char *request)
{
    const char *slash = strrchr(request, '/'), *name = slash ? slash + 1 : request;

    return name + strcspn(name, ":+");
}

static int add_variant(struct model_list *list, const struct model *base, const char *request, struct error *error)
{
    const char *mark = variant_mark(request), *payload = strchr(mark, '+');
    char name[NAME_MAX + 1];

    if (*mark == ':' && strchr("+", mark[1])) /* strchr also finds the terminating NUL */
        return error_set(error, "%s: no variant is named behind the colon", request);
    if (payload && !*base->unavailable && !*base->payload)
        return error_set(error,
                         "%s: this model can carry no payload (its --describe prints no line \"payload BYTES\", see "
                         "taskweight-model(7); those in C do)",
                         request);
    if (payload && *base->payload && strtoll(payload, NULL, 10) > strtoll(base->payload, NULL, 10))
        return error_set(error, "%s: this model can carry no more than %s bytes", request, base->payload);
    snprintf(name, sizeof name, "%s%s", base->name, mark);
    return add_described(list, base->path, name, request, mark + (*mark == ':'), error);
}

static bool has_name(const struct model_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->model[i].name, name) == 0)
            return true;
    return false;
}

/* In the recording its name is the file name. */
static int add_by_path(struct model_list *list, const char *path, struct error *error)
{
    const char *name = strrchr(path, '/') + 1;

    if (access(path, F_OK) != 0)
        return error_set(error, "%s: no such program (a name with a slash is the path of a task model)", path);
    if (!is_program(path))
        return error_set(error, "%s: is no program (chmod +x makes a file one)", path);
    if (!text_is_plain(name, ""))
        return error_set(error,
                         "%s: cannot be the name of a task model: it is not UTF-8 or has control characters (rename "
                         "the program)",
                         path);
    if (has_name(list, name))
        return error_set(error, "%s: there is another task model %s (rename the program)", path, name);
    return add_described(list, path, name, path, "", error);
}

int model_list_add(struct model_list *list, const char *request, struct error *error)
{
    const char *mark = variant_mark(request);
    const struct model *base;
    char base_request[PATH_MAX];

    if (describe_named(list, request))
        return 0;
    snprintf(base_request, sizeof base_request, "%.*s", (int)(mark - request), request);
    if (!describe_named(list, base_request) && strchr(request, '/') && add_by_path(list, base_request, error) != 0)
        return -1;
    if (!*mark)
        return 0;
    base = model_list_find(list, base_request);
    if (!base)
        return error_set(error, "%s: no such task model (%s --list names them)", request,
                         program_invocation_short_name);
    return add_variant(list, base, request, error);
}

int model_list_add_command(struct model_list *list, const char *name, const char *command, struct error *error)
{
    struct model model = {.name = strdup(name),
                          .path = strdup("/bin/sh"),
                          .request = strdup(name),
                          .parameter = strdup(""),
                          .command = strdup(command)};

    model.family = strdup("external");
    model.summary = strdup(command);
    model.sha256 = program_hash_text(command);
    fill(&model);
    return add(list, model, error);
}

/* --- those of the directory --------------------------------------------------------------------------------------- */

int model_find_directory(char directory[PATH_MAX], struct error *error)
{
    static const char *const places[] = {"../models", "../libexec/taskweight/models"};
    char program[PATH_MAX - 64];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    char *name;

    if (length < 0)
        return error_set(error, "/proc/self/exe: %s (is /proc mounted?)", strerror(errno));
    program[length] = '\0';
    name = strrchr(program, '/');
    *name = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(directory, PATH_MAX, "%s/%s", program, places[i]);
        if (access(directory, R_OK | X_OK) == 0)
            return 0;
    }
    return error_set(error, "%s: no task models beside this program (run `make models`)", directory);
}

int model_find_interpreters(const char *directory, struct error *error)
{
    const char *others = getenv("PATH");
    char *path = NULL;
    int length = asprintf(&path, "%s/lib%s%s", directory, others ? ":" : "", others ? others : "");
    int result = length >= 0 ? setenv("PATH", path, 1) : -1;

    if (length >= 0)
        free(path);
    return result == 0 ? 0 : error_set(error, "out of memory for PATH");
}

static int byte_order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int model_list_read(struct model_list *list, const char *directory, struct error *error)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, program_filter, byte_order), result = 0;

    *list = (struct model_list){0};
    if (count < 0)
        return error_set(error, "%s: %s (no task models are installed there: run `make models`)", directory,
                         strerror(errno));
    for (int i = 0; i < count; i++) {
        if (result == 0)
            result = add_from_directory(list, directory, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return result;
}

/* --- what they can do --------------------------------------------------------------------------------------------- */

/* Whether the blank-separated words have that one. */
static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, " ") == length && strncmp(at, word, length) == 0)
            return true;
    return false;
}

bool model_can_do(const struct model *model, enum work_kind kind)
{
    const char *works = *model->works ? model->works : work_names[WORK_SLEEP];

    if (kind == WORK_TIME)
        return !*model->command && has_word(works, work_names[WORK_SLEEP]);
    return has_word(works, work_names[kind]);
}

bool model_is_client(const struct model *model)
{
    return strcmp(model->weighs, "children") == 0;
}

const char *model_tell_works(char text[MODEL_WORKS_SIZE], const struct model *model)
{
    size_t count = 0, told = 0, length = 0;

    text[0] = '\0';
    for (int kind = 0; kind < WORK_KINDS; kind++)
        count += model_can_do(model, (enum work_kind)kind);
    for (int kind = 0; kind < WORK_KINDS; kind++)
        if (model_can_do(model, (enum work_kind)kind)) {
            length += (size_t)snprintf(text + length, MODEL_WORKS_SIZE - length, "%s%s",
                                       text_separator(told++, count, " and "), work_names[kind]);
        }
    return text;
}

void model_list_free(struct model_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free_texts(&list->model[i]);
    free(list->model);
    *list = (struct model_list){0};
}
