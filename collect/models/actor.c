/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/actor.h"

#include "collect/models/lateness.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST_ACTORS 1000000
#define NANOSECONDS 1000000000u

/* Shared memory, for actors that are processes. Only the actor that has the token touches what is said of it. */
struct board {
    struct lateness lateness;
    _Atomic uint32_t started;
    sem_t all_started;
    uint64_t passed;   /* times that the token was handed over */
    uint32_t still_on; /* actors that do not know yet that the last message was passed */
    struct actor actor[];
};

static const struct actor_model *model;
static struct board *board;
static enum actor_work work;
static uint32_t actors;
static uint64_t period, epoch, end; /* of the plan, in ns */
static uint64_t messages;
static char passed_line[40]; /* printed by whichever actor passes the last: some have no stack for printf */

/* --- beating ------------------------------------------------------------------------------------------------------ */

/* The first moment of the actor's plan after `now`. The probes' plans are spread evenly over a period: the second
   summand is place * period / actors, of which the product may exceed 64 bits. */
static uint64_t first_due(const struct actor *actor, uint64_t now)
{
    uint64_t offset = epoch + actor->place * (period / actors) + actor->place * (period % actors) / actors;

    return offset + (now < offset ? 1 : 1 + (now - offset) / period) * period;
}

uint64_t actor_beat(struct actor *actor)
{
    uint64_t now = task_model_now();

    if (actor->due == 0)
        actor->due = first_due(actor, now);
    else
        do {
            lateness_note(&board->lateness, now, actor->due);
            actor->due += period;
        } while (actor->due <= now && actor->due < end);
    return actor->due < end ? actor->due : 0;
}

uint64_t actor_remaining(uint64_t moment, uint64_t unit)
{
    uint64_t now = task_model_now();

    return moment > now ? (moment - now + unit - 1) / unit : 0;
}

void actor_tell(FILE *stream)
{
    if (work == ACTOR_BEAT)
        lateness_write(&board->lateness, stream);
}

/* --- passing ------------------------------------------------------------------------------------------------------ */

static uint32_t greatest_common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* The ring's order is not that of starting, in which neighbours lie beside each other in memory: the successor is about
   the golden section of the ring away, by a step that reaches all. */
static void close_ring(void)
{
    uint32_t step = (uint32_t)((618u * (uint64_t)actors + 999) / 1000) % actors;

    while (greatest_common_divisor(step, actors) != 1)
        step++;
    for (uint32_t place = 0; place < actors; place++)
        board->actor[place].next = &board->actor[(place + step) % actors];
}

/* Nothing runs while the clocks are read. */
static void tell_passed(void)
{
    if (write(STDOUT_FILENO, passed_line, strlen(passed_line)) < 0)
        _exit(1); /* nobody is listening any more */
    task_model_await_answer();
}

bool actor_pass(struct actor *actor)
{
    bool is_over;

    if (board->passed < messages && ++board->passed == messages) {
        tell_passed();
        board->still_on = actors;
    }
    is_over = board->passed == messages;
    if (is_over && --board->still_on == 0)
        return false;
    model->post(actor->next);
    return !is_over;
}

void actor_begin(void)
{
    if (work != ACTOR_PASS)
        return;
    task_model_await_answer();
    model->post(&board->actor[0]);
}

/* --- for the models ----------------------------------------------------------------------------------------------- */

enum actor_work actor_work(void)
{
    return work;
}

uint32_t actor_count(void)
{
    return actors;
}

struct actor *actor_at(uint32_t place)
{
    return &board->actor[place];
}

void actor_started(void)
{
    if (atomic_fetch_add(&board->started, 1) + 1 == actors)
        sem_post(&board->all_started);
}

void actor_live(struct actor *actor)
{
    uint64_t due;

    actor_started();
    if (work == ACTOR_BEAT) {
        while ((due = actor_beat(actor)))
            model->sleep_until(due);
        return;
    }
    do
        model->await(actor);
    while (actor_pass(actor));
}

/* --- for task_model.c --------------------------------------------------------------------------------------------- */

/* A number from 1 on, which ends at the byte `after`; 0 if there is none. */
static uint64_t read_number(const char **text, char after)
{
    char *rest;
    unsigned long long number;

    errno = 0;
    number = strtoull(*text, &rest, 10);
    if (errno || **text < '0' || **text > '9' || *rest != after)
        return 0;
    *text = rest + 1;
    return number;
}

static bool read_period(const char *text)
{
    char *rest;
    double seconds = strtod(text, &rest);

    /* strtod takes more than decimals: infinity, exponents, hexadecimal digits. */
    if (rest == text || text[strspn(text, "0123456789.")] || *rest || !(seconds >= 1.0 / NANOSECONDS && seconds <= 1e6))
        return false;
    period = (uint64_t)(seconds * NANOSECONDS + 0.5);
    return true;
}

bool actor_configure(const char *text, const struct actor_model *actor_model)
{
    static const char beat[] = "beat:", pass[] = "pass:";
    uint64_t count;

    model = actor_model;
    if (model && model->beats && strncmp(text, beat, strlen(beat)) == 0)
        work = ACTOR_BEAT;
    else if (model && model->hand_off && strncmp(text, pass, strlen(pass)) == 0)
        work = ACTOR_PASS;
    else
        return false;
    text += strlen(beat);
    count = read_number(&text, ':');
    if (count < (work == ACTOR_PASS ? 2 : 1) || count > MOST_ACTORS)
        return false;
    actors = (uint32_t)count;
    if (work == ACTOR_BEAT)
        return read_period(text);
    messages = read_number(&text, '\0');
    snprintf(passed_line, sizeof passed_line, "passed %" PRIu64 "\n", messages);
    return messages > 0;
}

static bool open_board(void)
{
    board = mmap(NULL, sizeof *board + actors * sizeof *board->actor, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        return task_model_refuse("mmap", errno);
    sem_init(&board->all_started, 1, 0);
    for (uint32_t place = 0; place < actors; place++)
        board->actor[place].place = place;
    if (work == ACTOR_PASS)
        close_ring();
    return true;
}

static void await_all_started(void (*yield)(void))
{
    while (yield && atomic_load(&board->started) < actors)
        yield();
    while (sem_wait(&board->all_started) != 0)
        continue;
}

bool actor_start_all(uint64_t first_started, uint64_t sleep_nanoseconds, void (*yield)(void))
{
    if (actors == 0)
        return true;
    if (!open_board())
        return false;
    epoch = task_model_now();
    end = (first_started ? first_started : epoch) + sleep_nanoseconds;
    for (uint32_t place = 0; place < actors; place++)
        if (!model->start(&board->actor[place]))
            return false;
    await_all_started(yield);
    return true;
}

void actor_join_all(void)
{
    for (uint32_t place = 0; actors && model->join && place < actors; place++)
        model->join(&board->actor[place]);
}
