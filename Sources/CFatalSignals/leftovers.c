// The table of temporary files and folders to remove when a signal handler ends the program.

#include "CFatalSignals.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

// A checkpoint folder has eight files. Files beyond the table's size are left for the next writer of the same path to
// remove.
#define SLOT_COUNT 32
#define LONGEST_PATH 4096

// The version is odd while the slot holds a path. It changes with every change of the slot, so that the handler never
// removes a path that was replaced while being read.
static struct {
    atomic_uint version;
    char path[LONGEST_PATH];
} slots[SLOT_COUNT];

static pthread_mutex_t changes = PTHREAD_MUTEX_INITIALIZER;

int cfs_add_leftover(const char *path) {
    size_t length = strlen(path);
    if (length >= LONGEST_PATH) return -1;
    int result = -1;
    pthread_mutex_lock(&changes);
    for (int slot = 0; slot < SLOT_COUNT && result < 0; slot++) {
        if (atomic_load(&slots[slot].version) % 2 == 0) {
            memcpy(slots[slot].path, path, length + 1);
            atomic_fetch_add(&slots[slot].version, 1);
            result = slot;
        }
    }
    pthread_mutex_unlock(&changes);
    return result;
}

void cfs_forget_leftover(int number) {
    if (number < 0) return;
    pthread_mutex_lock(&changes);
    atomic_fetch_add(&slots[number].version, 1);
    pthread_mutex_unlock(&changes);
}

static void remove_all(int (*remove)(const char *)) {
    for (int slot = 0; slot < SLOT_COUNT; slot++) {
        unsigned version = atomic_load(&slots[slot].version);
        if (version % 2 == 0) continue;
        char path[LONGEST_PATH];
        memcpy(path, slots[slot].path, sizeof path);
        if (atomic_load(&slots[slot].version) == version) remove(path);
    }
}

void cfs_remove_leftovers(void) {
    remove_all(unlink);
    remove_all(rmdir);
}
