/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main program of every task model in C, which speaks collect's contract. */
#include "collect/models/task_model.h"

#include "collect/models/actor.h"

#include <alloca.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#define ERROR_NAME(number) strerrorname_np(number)
#define C_LIBRARY_VERSION gnu_get_libc_version()
#else
#define ERROR_NAME(number) "error"
#define C_LIBRARY_VERSION "of another kind"
#endif

#define NANOSECONDS 1000000000u
#define MAX_SECONDS 1e6
#define MAX_PAYLOAD 65536 /* fits onto every default stack: musl's threads have 128 KiB */
#define PAYLOAD_BYTE 0x5a

/* Shared memory, so that a forked task counts like any other.

   Since all tasks sleep equally long, the k-th to finish cannot do so before the k-th to be started has slept its time.
   That is checked where k is a power of two: enough to catch a runtime that wakes its tasks early, at no cost in
   memory. */
struct census {
    _Atomic uint32_t started, finished;
    uint64_t start_nanoseconds[32];     /* just before the first, second, fourth, eighth ... task was started */
    _Atomic uint64_t early_nanoseconds; /* by how much a task slept too little */
    _Atomic bool payload_lost;          /* a payload changed during the sleep */
    sem_t all_started;
};

static struct census *census;
static uint32_t tasks;
static uint64_t sleep_nanoseconds;
static size_t payload;
static char *payloads;     /* of the tasks that have no stack, contiguous */
static char *records = ""; /* of the tasks, contiguous, and behind them those of the actors */
static char refusal[256];

/* --- for the models ----------------------------------------------------------------------------------------------- */

uint64_t task_model_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

static bool is_power_of_two(uint32_t number)
{
    return (number & (number - 1)) == 0;
}

void task_model_task_started(void)
{
    if (atomic_fetch_add(&census->started, 1) + 1 == tasks)
        sem_post(&census->all_started);
}

void task_model_task_finished(void)
{
    uint32_t place = atomic_fetch_add(&census->finished, 1) + 1;
    uint64_t now, slept;

    if (!is_power_of_two(place))
        return;
    now = task_model_now();
    slept = now - census->start_nanoseconds[__builtin_ctz(place)];
    if (slept < sleep_nanoseconds)
        atomic_store(&census->early_nanoseconds, sleep_nanoseconds - slept);
}

uint64_t task_model_nanoseconds(void)
{
    return sleep_nanoseconds;
}

uint64_t task_model_milliseconds(void)
{
    return (sleep_nanoseconds + 999999) / 1000000 + 1;
}

void task_model_sleep_until(uint64_t nanoseconds)
{
    struct timespec until = {.tv_sec = (time_t)(nanoseconds / NANOSECONDS),
                             .tv_nsec = (long)(nanoseconds % NANOSECONDS)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        continue;
}

size_t task_model_payload(void)
{
    return payload;
}

void task_model_set_payload(size_t bytes)
{
    payload = bytes;
}

void *task_model_actor_record(uint32_t place)
{
    return records + (tasks + (size_t)place) * task_model.record_size;
}

/* For the compiler, the memory behind the pointer has been read and written here. */
static void look_at(const char *bytes)
{
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

static void check_payload(const char *bytes)
{
    for (size_t i = 0; i < payload; i++)
        if (bytes[i] != PAYLOAD_BYTE)
            atomic_store(&census->payload_lost, true);
}

/* A function of its own, so that a task without a payload has no stack frame for one. */
static __attribute__((noinline)) void carry_on_stack(void (*sleep)(void))
{
    char *bytes = alloca(payload);

    memset(bytes, PAYLOAD_BYTE, payload);
    look_at(bytes);
    sleep();
    look_at(bytes);
    check_payload(bytes);
}

void task_model_carry(void (*sleep)(void))
{
    if (payload)
        carry_on_stack(sleep);
    else
        sleep();
}

static void sleep_in_kernel(void)
{
    task_model_sleep_until(task_model_now() + sleep_nanoseconds);
}

void task_model_live(void)
{
    task_model_task_started();
    task_model_carry(sleep_in_kernel);
    task_model_task_finished();
}

bool task_model_refuse(const char *call, int error_number)
{
    snprintf(refusal, sizeof refusal, "%s: %s (%s)", call, ERROR_NAME(error_number), strerror(error_number));
    return false;
}

/* --- the contract ------------------------------------------------------------------------------------------------- */

/* "+BYTES" */
static bool configure_payload(const char *text)
{
    char *end;
    unsigned long long bytes = strtoull(text + 1, &end, 10);

    if (text[1] < '0' || text[1] > '9' || *end || bytes < 1 || bytes > MAX_PAYLOAD || payload)
        return false;
    payload = (size_t)bytes;
    return true;
}

/* "PARAMETER", "+BYTES" or both. */
static bool configure(const char *text)
{
    size_t length = strcspn(text, "+");
    char parameter[64];

    if (length >= sizeof parameter)
        return false;
    memcpy(parameter, text, length);
    parameter[length] = '\0';
    if (length && !(task_model.configure && task_model.configure(parameter)))
        return false;
    return !text[length] || configure_payload(text + length);
}

static void describe_works(const struct actor_model *actors)
{
    printf("work sleep%s%s\n", actors && actors->beats ? " beat" : "", actors && actors->hand_off ? " pass" : "");
    if (actors && actors->hand_off)
        printf("hand-off %s\n", actors->hand_off);
}

/* For collect: "key value" lines that describe the model. The hand-off may be the parameter's. */
static int describe(const char *parameter)
{
    printf("family %s\nlanguage C\nsummary %s\npayload %d\n", task_model.family, task_model.summary, MAX_PAYLOAD);
    if (task_model.unavailable)
        printf("unavailable %s\n", task_model.unavailable);
    else if (parameter && !configure(parameter))
        printf("unavailable %s is no parameter of it\n", parameter);
    else if (task_model.version)
        printf("version %s\n", task_model.version);
    else
        printf("version glibc %s\n", C_LIBRARY_VERSION);
    describe_works(task_model.actors);
    return fflush(stdout) == 0 ? 0 : 1;
}

void task_model_await_answer(void)
{
    char byte;

    while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
        continue;
}

static _Noreturn void fail(const char *reason)
{
    printf("failed %u %s\n", census ? atomic_load(&census->started) : 0, reason);
    fflush(stdout);
    /* While the started tasks exist, collect finds out which limit was hit. */
    task_model_await_answer();
    /* The tasks that did start are still asleep: end without waiting for them. */
    _exit(1);
}

void task_model_give_up(void)
{
    fail(refusal);
}

static void await_all_started(void)
{
    while (task_model.yield && atomic_load(&census->started) < tasks)
        task_model.yield();
    while (tasks > 0 && sem_wait(&census->all_started) != 0)
        continue;
}

static void *new_pages(size_t size, int flags)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (pages == MAP_FAILED) {
        task_model_refuse("mmap", errno);
        fail(refusal);
    }
    return pages;
}

static bool start_tasks(void)
{
    for (uint32_t i = 0; i < tasks; i++) {
        if (is_power_of_two(i + 1))
            census->start_nanoseconds[__builtin_ctz(i + 1)] = task_model_now();
        if (payloads)
            memset(payloads + i * payload, PAYLOAD_BYTE, payload);
        if (!task_model.start(records + i * task_model.record_size))
            return false;
    }
    return true;
}

static void finish_tasks(void)
{
    if (task_model.run)
        task_model.run();
    for (size_t i = 0; task_model.join && i < tasks; i++)
        task_model.join(records + i * task_model.record_size);
    for (size_t i = 0; payloads && i < tasks; i++)
        check_payload(payloads + i * payload);
    actor_join_all();
}

/* Loads the code of the C library that every run needs after the go: the kernel maps 64 KiB of code around a fault, and
   they belong to the baseline, not to the first task. */
static void rehearse(void)
{
    char text[32];

    snprintf(text, sizeof text, "ready %u\n", tasks);
    sem_post(&census->all_started);
    sem_wait(&census->all_started);
    task_model_sleep_until(task_model_now());
}

static _Noreturn void hold_tasks(void)
{
    rehearse();
    if (task_model.open && !task_model.open())
        fail(refusal);
    puts("idle");
    task_model_await_answer();
    if (task_model.record_size)
        records = new_pages((tasks + (size_t)actor_count()) * task_model.record_size, MAP_PRIVATE);
    if (payload && tasks && !task_model.has_stack)
        payloads = new_pages(tasks * payload, MAP_PRIVATE);
    if (!start_tasks())
        fail(refusal);
    await_all_started();
    if (!actor_start_all(census->start_nanoseconds[0], sleep_nanoseconds, task_model.yield))
        fail(refusal);
    printf("ready %u\n", atomic_load(&census->started) - atomic_load(&census->finished));
    actor_begin();
    finish_tasks();
    actor_tell(stdout);
    if (atomic_load(&census->early_nanoseconds)) {
        snprintf(refusal, sizeof refusal, "a task woke %.3f ms early",
                 (double)atomic_load(&census->early_nanoseconds) * 1e-6);
        fail(refusal);
    }
    if (atomic_load(&census->payload_lost))
        fail("a task's payload was not what it had been before its sleep");
    printf("done %u\n", atomic_load(&census->finished));
    task_model_await_answer();
    _exit(0);
}

static bool read_arguments(char *const *arguments)
{
    char *tasks_end, *seconds_end;
    unsigned long long count = strtoull(arguments[1], &tasks_end, 10);
    double seconds = strtod(arguments[2], &seconds_end);

    if (*tasks_end || *seconds_end || count < (actor_count() ? 0 : 1) || count > UINT32_MAX ||
        !(seconds >= 0 && seconds <= MAX_SECONDS))
        return false;
    tasks = (uint32_t)count;
    sleep_nanoseconds = (uint64_t)(seconds * NANOSECONDS + 0.5);
    return true;
}

/* --work=WORK TASKS SECONDS PARAMETER, of which the first and the last may be missing. */
static bool read_command_line(int argc, char *const *argv)
{
    static const char option[] = "--work=";
    const char *work = argc > 1 && strncmp(argv[1], option, strlen(option)) == 0 ? argv[1] + strlen(option) : NULL;
    int first = work ? 1 : 0, count = argc - first;

    return (count == 3 || count == 4) && (!work || actor_configure(work, task_model.actors)) &&
           read_arguments(argv + first) && (count == 3 || configure(argv[first + 3]));
}

int main(int argc, char **argv)
{
    if ((argc == 2 || argc == 3) && strcmp(argv[1], "--describe") == 0)
        return describe(argv[2]);
    if (!read_command_line(argc, argv)) {
        fprintf(stderr, "usage: %s [--work=WORK] TASKS SECONDS [PARAMETER] | --describe [PARAMETER]\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (task_model.unavailable)
        fail(task_model.unavailable);
    census = new_pages(sizeof *census, MAP_SHARED);
    sem_init(&census->all_started, 1, 0);
    hold_tasks();
}
