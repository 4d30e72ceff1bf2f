/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of --command: a shell command in which these stand for what a run is to do. */
#ifndef TASKWEIGHT_COLLECT_COMMAND_H
#define TASKWEIGHT_COLLECT_COMMAND_H

#define COMMAND_TASKS "{tasks}"
#define COMMAND_SECONDS "{seconds}"

/* The text with each of them filled in. The caller frees it; NULL where memory runs out. */
char *command_expand(const char *command, const char *tasks, const char *seconds);

#endif
