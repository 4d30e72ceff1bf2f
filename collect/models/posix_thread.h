/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the models of POSIX threads share: they differ in attributes and in the C library they are built with. */
#ifndef TASKWEIGHT_MODELS_POSIX_THREAD_H
#define TASKWEIGHT_MODELS_POSIX_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread that lives the life of a task. Attributes may be NULL: the library's defaults. */
bool posix_thread_start(pthread_t *thread, const pthread_attr_t *attributes);

/* A model's join: its record is the pthread_t. */
void posix_thread_join(void *record);

#endif
