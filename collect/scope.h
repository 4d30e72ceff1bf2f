/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scope of systemd of collect's own, in which it may make cgroups: in that of a login session are other processes,
   and it is not the user's. */
#ifndef TASKWEIGHT_COLLECT_SCOPE_H
#define TASKWEIGHT_COLLECT_SCOPE_H

/* Executes this program again with these arguments (argv as it was before options were cut from it) by systemd-run, if
   groups cannot be made where it is, systemd-run is there and works, and nothing speaks against it:

   - the environment has SCOPE_VARIABLE=no, or this is the second time;
   - collect is not in a user's session (a batch system's or a container's group is to stay where it is);
   - a group that would be left has a limit of memory.

   Returns in all these cases, so that collect goes on without. */
void scope_enter(char *const *arguments);

#define SCOPE_VARIABLE "TASKWEIGHT_SCOPE"

#endif
