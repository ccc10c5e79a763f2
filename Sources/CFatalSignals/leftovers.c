// The table of temporary files and folders to remove when a signal handler ends the program.

#include "CFatalSignals.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A checkpoint folder has eight files. A split one may have thousands, for which the table grows.
#define SLOT_COUNT 32
#define LONGEST_PATH 4096

// The version is odd while the slot holds a path. It changes with every change of the slot, so that the handler never
// removes a path that was replaced while being read.
struct slot {
    atomic_uint version;
    char path[LONGEST_PATH];
};

// Never freed, because the handler may be reading it.
struct block {
    struct slot slots[SLOT_COUNT];
    struct block *_Atomic next;
};

static struct block first;
static pthread_mutex_t changes = PTHREAD_MUTEX_INITIALIZER;

// The slot of a number; adds the block after the last one. NULL if there is no memory for it.
static struct slot *find(int number) {
    struct block *block = &first;
    for (; number >= SLOT_COUNT; number -= SLOT_COUNT) {
        struct block *next = atomic_load(&block->next);
        if (next == NULL) {
            next = calloc(1, sizeof *next);
            if (next == NULL) return NULL;
            atomic_store(&block->next, next);
        }
        block = next;
    }
    return &block->slots[number];
}

int cfs_add_leftover(const char *path) {
    size_t length = strlen(path);
    if (length >= LONGEST_PATH) return -1;
    pthread_mutex_lock(&changes);
    int number = 0;
    struct slot *slot = find(number);
    while (slot != NULL && atomic_load(&slot->version) % 2 != 0) slot = find(++number);
    if (slot != NULL) {
        memcpy(slot->path, path, length + 1);
        atomic_fetch_add(&slot->version, 1);
    }
    pthread_mutex_unlock(&changes);
    return slot == NULL ? -1 : number;
}

void cfs_forget_leftover(int number) {
    if (number < 0) return;
    pthread_mutex_lock(&changes);
    atomic_fetch_add(&find(number)->version, 1);
    pthread_mutex_unlock(&changes);
}

static void remove_all(int (*remove)(const char *)) {
    for (struct block *block = &first; block != NULL; block = atomic_load(&block->next)) {
        for (int number = 0; number < SLOT_COUNT; number++) {
            struct slot *slot = &block->slots[number];
            unsigned version = atomic_load(&slot->version);
            if (version % 2 == 0) continue;
            char path[LONGEST_PATH];
            memcpy(path, slot->path, sizeof path);
            if (atomic_load(&slot->version) == version) remove(path);
        }
    }
}

void cfs_remove_leftovers(void) {
    remove_all(unlink);
    remove_all(rmdir);
}
