/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The common part of the models of POSIX threads, which differ in attributes and C library. */
#ifndef TASKWEIGHT_MODELS_POSIX_THREAD_H
#define TASKWEIGHT_MODELS_POSIX_THREAD_H

#include "collect/models/actor.h"

#include <pthread.h>
#include <stdbool.h>

/* Of every thread that is started; NULL, as at first: the library's defaults. A model's open may set it. */
extern const pthread_attr_t *posix_thread_attributes;

/* A model's start and join: its record is the pthread_t. */
bool posix_thread_start(void *record);
void posix_thread_join(void *record);

/* They hand the token over by a semaphore: on Linux a futex. */
extern const struct actor_model posix_thread_actors;

#endif
