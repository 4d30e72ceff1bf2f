/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The common part of the models of POSIX threads, which differ in attributes and C library. */
#ifndef TASKWEIGHT_MODELS_POSIX_THREAD_H
#define TASKWEIGHT_MODELS_POSIX_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread that is a task. Attributes may be NULL for the library's defaults. */
bool posix_thread_start(pthread_t *thread, const pthread_attr_t *attributes);

/* A model's join: its record is the pthread_t. */
void posix_thread_join(void *record);

#endif
