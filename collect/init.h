/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect as the first process of a container. */
#ifndef TASKWEIGHT_COLLECT_INIT_H
#define TASKWEIGHT_COLLECT_INIT_H

/* If the calling process is the init of its PID namespace, forks and returns in the child only; elsewhere just returns.
   The parent passes signals on, reaps orphans, and exits as the child did once the child's keepers (keeper.h), which
   belong to it, have ended too: when an init exits, the kernel kills all others. */
void init_stay_behind(void);

#endif
