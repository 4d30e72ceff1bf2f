/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/groups.h"

#include "collect/stream.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "taskweight-"
#define LEAF "collect"
#define RUN "run"
#define CREATION_TRIES 10

/* --- collect's own group ------------------------------------------------------------------------------------------ */

/* Whether the name is one of the list's words. */
static bool names_controller(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[length]))
            return true;
    return false;
}

/* Where a process is, by a line "ID:CONTROLLERS:PATH" of self/cgroup. */
struct place {
    char controllers[128]; /* of the hierarchy: "cpu,cpuacct"; version 2 has none */
    char path[PATH_MAX / 2];
};

/* Finds the line that has that controller. */
static bool find_place(int proc, const char *controller, struct place *place)
{
    FILE *file = stream_open(proc, "self/cgroup");
    char line[PATH_MAX + 256];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':'), *rest = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!rest)
            continue;
        *rest = '\0';
        rest[strcspn(rest + 1, "\n") + 1] = '\0';
        found = *controller ? names_controller(controllers + 1, controller) : !controllers[1];
        if (found) {
            snprintf(place->controllers, sizeof place->controllers, "%s", controllers + 1);
            snprintf(place->path, sizeof place->path, "%s", rest + 1);
        }
    }
    if (file)
        fclose(file);
    return found;
}

struct search {
    pid_t wanted;
    bool found;
};

static void compare_process(pid_t pid, void *context)
{
    struct search *search = context;

    search->found |= pid == search->wanted;
}

/* While others start processes, version 1 may leave the newest out of a list (pidlist_array_load in the kernel's
   kernel/cgroup/cgroup-v1.c takes no more than it counted before). */
#define LIST_TRIES 50
#define LIST_NANOSECONDS 10000000

/* In a container with the host's mount, the directory of that path is another group. */
static bool has_process(const struct cgroup *group, pid_t pid)
{
    const struct timespec moment = {.tv_nsec = LIST_NANOSECONDS};
    struct search search = {.wanted = pid};

    for (int i = 0; i < LIST_TRIES; i++) {
        cgroup_visit_processes(group, compare_process, &search);
        if (search.found)
            break;
        nanosleep(&moment, NULL);
    }
    return search.found;
}

/* Opens the group of that path below the hierarchy that is mounted as `name` below `mount`, if it has that file. */
static bool open_own(struct groups_tree *tree, enum cgroup_version version, const char *mount, const char *name,
                     const char *own, const char *tell_tale)
{
    char path[PATH_MAX];

    snprintf(tree->mount, sizeof tree->mount, "%.2000s%s%s", mount, *name ? "/" : "", name);
    snprintf(path, sizeof path, "%.2000s%s", tree->mount, strcmp(own, "/") == 0 ? "" : own);
    tree->own = cgroup_open(version, path);
    if (cgroup_exists(&tree->own) && faccessat(tree->own.directory, tell_tale, F_OK, 0) == 0)
        return true;
    cgroup_close(&tree->own);
    return false;
}

/* Opens collect's own group of the controller, if it has that file; the controller of version 2 is "". A hierarchy of
   several controllers is mounted under the name of each, or of all of them. */
static bool find_own(struct groups_tree *tree, enum cgroup_version version, int proc, const char *mount,
                     const char *controller, const char *tell_tale)
{
    struct place place;

    return find_place(proc, controller, &place) &&
           (open_own(tree, version, mount, controller, place.path, tell_tale) ||
            open_own(tree, version, mount, place.controllers, place.path, tell_tale));
}

void groups_visit_upwards(const struct groups_tree *tree, groups_visitor *visit, void *context)
{
    size_t top = strlen(tree->mount);
    char path[PATH_MAX];

    if (!cgroup_exists(&tree->own))
        return;
    snprintf(path, sizeof path, "%s", tree->own.path);
    for (int depth = 0; depth < GROUPS_DEPTH; depth++) {
        struct cgroup group = cgroup_open(tree->own.version, path);
        const char *name = path + top;
        bool goes_on = !cgroup_exists(&group) || visit(&group, *name ? name : "/", depth, context);

        cgroup_close(&group);
        if (!goes_on || !*name)
            return;
        *strrchr(path, '/') = '\0';
    }
}

/* --- trees of killed collects ------------------------------------------------------------------------------------- */

/* Whether no process holds it. Whoever makes a tree checks that it was not removed before it was locked. */
static bool is_left_over(int directory, const char *name)
{
    int descriptor = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_free = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0;

    if (descriptor >= 0)
        close(descriptor);
    return is_free;
}

static void remove_leftovers(const struct cgroup *own)
{
    DIR *entries = stream_open_directory(own->directory, ".");

    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 && is_left_over(own->directory, entry->d_name))
            cgroup_remove_tree(own->directory, entry->d_name);
    closedir(entries);
}

/* --- the tree of this collect ------------------------------------------------------------------------------------- */

static bool is_linked(const struct cgroup *group)
{
    struct stat open_one, named;

    return fstat(group->directory, &open_one) == 0 && stat(group->path, &named) == 0 &&
           open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

static bool hold(const struct cgroup *group)
{
    return flock(group->directory, LOCK_EX | LOCK_NB) == 0 && is_linked(group);
}

/* The process id is there for people who look at the tree. */
static struct cgroup make_held(const struct cgroup *own)
{
    for (int i = 0; i < CREATION_TRIES; i++) {
        char path[PATH_MAX + 64];
        struct cgroup group;

        snprintf(path, sizeof path, "%s/" PREFIX "%d-XXXXXX", own->path, (int)getpid());
        if (!mkdtemp(path))
            break;
        group = cgroup_open(own->version, path);
        if (cgroup_exists(&group) && fchmod(group.directory, 0755) == 0 && hold(&group))
            return group;
        cgroup_close(&group);
    }
    return cgroup_none();
}

/* Whether the file, a list of controllers, has that of memory. */
static bool lists_memory(const struct cgroup *group, const char *list)
{
    FILE *file = stream_open(group->directory, list);
    char name[64];
    bool found = false;

    while (file && !found && fscanf(file, "%63s", name) == 1)
        found = strcmp(name, "memory") == 0;
    if (file)
        fclose(file);
    return found;
}

/* Memory is needed; the limit of processes is not. */
static bool enable_below(const struct cgroup *group)
{
    return cgroup_write(group, "cgroup.subtree_control", "+memory +pids") ||
           cgroup_write(group, "cgroup.subtree_control", "+memory");
}

static void move_back(const struct groups_tree *tree)
{
    if (!cgroup_exists(&tree->leaf))
        return;
    cgroup_write(&tree->held, "cgroup.subtree_control", "-memory");
    cgroup_write(&tree->held, "cgroup.subtree_control", "-pids");
    if (!tree->was_enabled) {
        cgroup_write(&tree->own, "cgroup.subtree_control", "-memory");
        cgroup_write(&tree->own, "cgroup.subtree_control", "-pids");
    }
    cgroup_write(&tree->own, "cgroup.procs", "0");
}

static void let_go(struct groups_tree *tree)
{
    cgroup_close(&tree->leaf);
    cgroup_close(&tree->held);
    cgroup_close(&tree->own);
}

static void give_up(struct groups_tree *tree)
{
    move_back(tree);
    cgroup_remove(&tree->leaf);
    cgroup_remove(&tree->held);
}

static bool enter_leaf(struct groups_tree *tree)
{
    tree->leaf = cgroup_make(&tree->held, LEAF);
    if (cgroup_write(&tree->leaf, "cgroup.procs", "0"))
        return true;
    cgroup_remove(&tree->leaf);
    return false;
}

static bool make_tree(struct groups_tree *tree)
{
    remove_leftovers(&tree->own);
    tree->held = make_held(&tree->own);
    if (!cgroup_exists(&tree->held))
        return false;
    if (tree->own.version == CGROUP_V1)
        return true;
    tree->was_enabled = lists_memory(&tree->own, "cgroup.subtree_control");
    if (enter_leaf(tree) && enable_below(&tree->own) && enable_below(&tree->held))
        return true;
    give_up(tree);
    return false;
}

/* --- why not ------------------------------------------------------------------------------------------------------ */

struct others {
    int proc;
    pid_t self;
    int count;
    char text[128]; /* the first of them: "12 (bash)" */
};

static void note_other(pid_t pid, void *context)
{
    struct others *others = context;
    char path[64], name[32] = "";
    FILE *file;

    if (pid == others->self || others->count++ > 0)
        return;
    snprintf(path, sizeof path, "%d/comm", (int)pid);
    file = stream_open(others->proc, path);
    if (file && fgets(name, sizeof name, file))
        name[strcspn(name, "\n")] = '\0';
    if (file)
        fclose(file);
    snprintf(others->text, sizeof others->text, "%d (%s)", (int)pid, name);
}

/* Completes "no memory cgroup can be made below GROUP, ". */
static void describe_obstacle(const struct cgroup *own, const struct others *others, char *text, size_t size)
{
    if (faccessat(own->directory, ".", W_OK, 0) != 0)
        snprintf(text, size, "which is not yours");
    else if (own->version == CGROUP_V2 && !lists_memory(own, "cgroup.controllers"))
        snprintf(text, size, "which has no controller of memory");
    else if (others->count == 1)
        snprintf(text, size, "which also has the process %s", others->text);
    else if (others->count > 1)
        snprintf(text, size, "which also has the process %s and %d more", others->text, others->count - 1);
    else
        snprintf(text, size, "since the kernel refuses");
}

static void explain_lack(const struct groups_tree *tree, int proc, pid_t self, struct error *lack)
{
    const char *name = tree->own.path + strlen(tree->mount);
    struct others others = {.proc = proc, .self = self};
    char obstacle[256];

    cgroup_visit_processes(&tree->own, note_other, &others);
    describe_obstacle(&tree->own, &others, obstacle, sizeof obstacle);
    error_set(lack,
              "no memory cgroup can be made below %.300s, %s, so kernel memory is not recorded (run it by systemd-run "
              "--scope -p Delegate=yes, with --user where you are not root)",
              *name ? name : "/", obstacle);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static struct groups_tree no_tree(void)
{
    return (struct groups_tree){.own = cgroup_none(), .held = cgroup_none(), .leaf = cgroup_none()};
}

struct groups groups_none(void)
{
    return (struct groups){no_tree(), no_tree(), no_tree()};
}

bool groups_find_own(struct groups_tree *tree, int proc, const char *mount)
{
    *tree = no_tree();
    return find_own(tree, CGROUP_V1, proc, mount, "memory", "memory.usage_in_bytes") ||
           find_own(tree, CGROUP_V2, proc, mount, "", "cgroup.subtree_control");
}

bool groups_are_possible(const struct groups_tree *tree, pid_t self)
{
    struct others others = {.proc = -1, .self = self};

    cgroup_visit_processes(&tree->own, note_other, &others);
    return faccessat(tree->own.directory, ".", W_OK, 0) == 0 && (tree->own.version == CGROUP_V1 || others.count == 0);
}

/* Of version 1; nothing is lost but what it would have told or limited, where it cannot be made. */
static void open_further(struct groups_tree *tree, int proc, const char *mount, const char *controller, pid_t self)
{
    if (find_own(tree, CGROUP_V1, proc, mount, controller, "cgroup.procs") && has_process(&tree->own, self))
        make_tree(tree);
}

void groups_open(struct groups *groups, int proc, const char *mount, pid_t self, struct error *lack)
{
    struct groups_tree *memory = &groups->memory;

    *groups = groups_none();
    lack->text[0] = '\0';
    if (!groups_find_own(memory, proc, mount)) {
        error_set(lack, "there is no memory cgroup of this process below %s, so kernel memory is not recorded", mount);
        return;
    }
    if (!has_process(&memory->own, self)) {
        error_set(
            lack,
            "%s is not the cgroup of this process, but that of another namespace, so kernel memory is not recorded "
            "(mount the cgroups of its own)",
            memory->own.path);
        cgroup_close(&memory->own);
        return;
    }
    if (!make_tree(memory))
        explain_lack(memory, proc, self, lack);
    if (memory->own.version != CGROUP_V1)
        return;
    open_further(&groups->pids, proc, mount, "pids", self);
    open_further(&groups->cpuacct, proc, mount, "cpuacct", self);
}

static void remove_tree(struct groups_tree *tree)
{
    if (!cgroup_exists(&tree->held))
        return;
    cgroup_remove_tree(tree->held.directory, RUN);
    give_up(tree);
}

/* The keeper is in the leaf as well, since it was forked there. */
static void remove_by_keeper(const void *context)
{
    struct groups groups = *(const struct groups *)context;

    remove_tree(&groups.memory);
    remove_tree(&groups.pids);
    remove_tree(&groups.cpuacct);
}

int groups_keep_clean(const struct groups *groups, struct keeper *keeper, struct error *error)
{
    return keeper_start(keeper, remove_by_keeper, groups, error);
}

void groups_close(struct groups *groups)
{
    move_back(&groups->memory);
    let_go(&groups->memory);
    let_go(&groups->pids);
    let_go(&groups->cpuacct);
}

/* --- those of a run ----------------------------------------------------------------------------------------------- */

static void write_number(const struct cgroup *group, const char *file, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    cgroup_write(group, file, text);
}

/* The limit covers kernel memory in both versions. Version 1 has no limit on swap alone, and charges a connection's
   socket to the group that accepted it only if the group has a limit of TCP's memory. */
static void limit_memory(const struct cgroup *group, int64_t bytes)
{
    write_number(group, group->version == CGROUP_V1 ? "memory.limit_in_bytes" : "memory.max", bytes);
    if (group->version == CGROUP_V1)
        write_number(group, "memory.kmem.tcp.limit_in_bytes", bytes);
    else
        cgroup_write(group, "memory.swap.max", "0");
}

void groups_limit_run(const struct run_groups *run, int64_t memory_bytes, int64_t processes)
{
    limit_memory(&run->memory, memory_bytes);
    write_number(groups_of_processes(run), "pids.max", processes);
}

static int open_processes(const struct cgroup *group)
{
    return cgroup_exists(group) ? openat(group->directory, "cgroup.procs", O_WRONLY | O_CLOEXEC) : -1;
}

struct run_groups groups_none_of_run(void)
{
    return (struct run_groups){cgroup_none(), cgroup_none(), cgroup_none(), {.join = {-1, -1, -1}}};
}

static struct cgroup make_of_run(const struct groups_tree *tree)
{
    return cgroup_exists(&tree->held) ? cgroup_make(&tree->held, RUN) : cgroup_none();
}

struct run_groups groups_begin_run(const struct groups *groups, int64_t memory_bytes, int64_t processes)
{
    struct run_groups run = groups_none_of_run();

    run.memory = make_of_run(&groups->memory);
    run.pids = make_of_run(&groups->pids);
    run.cpuacct = make_of_run(&groups->cpuacct);
    groups_limit_run(&run, memory_bytes, processes);
    run.bounds.join[GROUPS_JOIN_MEMORY] = open_processes(&run.memory);
    run.bounds.join[GROUPS_JOIN_PIDS] = open_processes(&run.pids);
    run.bounds.join[GROUPS_JOIN_CPUACCT] = open_processes(&run.cpuacct);
    return run;
}

void groups_end_run(struct run_groups *run)
{
    for (int i = 0; i < LAUNCH_GROUPS; i++)
        if (run->bounds.join[i] >= 0)
            close(run->bounds.join[i]);
    cgroup_remove(&run->memory);
    cgroup_remove(&run->pids);
    cgroup_remove(&run->cpuacct);
}

const struct cgroup *groups_of_processes(const struct run_groups *run)
{
    return run->memory.version == CGROUP_V2 ? &run->memory : &run->pids;
}

const struct cgroup *groups_of_time(const struct run_groups *run)
{
    return run->memory.version == CGROUP_V2 ? &run->memory : &run->cpuacct;
}

const struct groups_tree *groups_own_of_processes(const struct groups *groups)
{
    return groups->memory.own.version == CGROUP_V2 ? &groups->memory : &groups->pids;
}

const struct cgroup *groups_common(const struct groups *groups)
{
    return groups->memory.own.version == CGROUP_V2 ? &groups->memory.held : &groups->memory.own;
}
