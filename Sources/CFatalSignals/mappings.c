// The table of mapped files, and the handler that names the file whose pages are missing.

#include "CFatalSignals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Entries are never freed, only reused, so that the handler can walk the list while it changes. An entry of 0 bytes is
// free. The handler reads only the path of the mapping that contains the fault, which the faulting thread keeps alive.
struct cfs_mapping {
    atomic_size_t byte_count;
    atomic_uintptr_t base;
    char *_Atomic path;
    cfs_mapping *next;
    cfs_mapping *next_free;
};

static cfs_mapping *_Atomic first;
static cfs_mapping *first_free;
static pthread_mutex_t changes = PTHREAD_MUTEX_INITIALIZER;

cfs_mapping *cfs_add_mapping(const void *base, size_t byte_count, const char *path) {
    char *copy = strdup(path);
    if (copy == NULL) return NULL;
    pthread_mutex_lock(&changes);
    cfs_mapping *mapping = first_free;
    if (mapping != NULL) {
        first_free = mapping->next_free;
    } else {
        mapping = calloc(1, sizeof *mapping);
        if (mapping != NULL) {
            mapping->next = atomic_load(&first);
            atomic_store(&first, mapping);
        }
    }
    if (mapping != NULL) {
        atomic_store(&mapping->base, (uintptr_t)base);
        atomic_store(&mapping->path, copy);
        atomic_store(&mapping->byte_count, byte_count);
    } else {
        free(copy);
    }
    pthread_mutex_unlock(&changes);
    return mapping;
}

void cfs_remove_mapping(cfs_mapping *mapping) {
    if (mapping == NULL) return;
    pthread_mutex_lock(&changes);
    atomic_store(&mapping->byte_count, 0);
    free(atomic_exchange(&mapping->path, NULL));
    mapping->next_free = first_free;
    first_free = mapping;
    pthread_mutex_unlock(&changes);
}

/// The mapping that contains an address; NULL if there is none.
static cfs_mapping *find(uintptr_t address) {
    for (cfs_mapping *mapping = atomic_load(&first); mapping != NULL; mapping = mapping->next) {
        size_t byte_count = atomic_load(&mapping->byte_count);
        uintptr_t base = atomic_load(&mapping->base);
        // If the size is unchanged, both values belong to the same mapping.
        if (address - base < byte_count && atomic_load(&mapping->byte_count) == byte_count) return mapping;
    }
    return NULL;
}

static void say(const char *text) {
    size_t rest = strlen(text);
    while (rest > 0) {
        ssize_t count = write(STDERR_FILENO, text, rest);
        if (count <= 0) return;
        text += count;
        rest -= (size_t)count;
    }
}

/// Writes a path, with ? for ASCII control characters, which a terminal would interpret.
static void say_path(const char *path) {
    char part[2] = {0, 0};
    for (; *path != 0; path++) {
        unsigned char byte = (unsigned char)*path;
        part[0] = byte < 0x20 || byte == 0x7F ? '?' : *path;
        say(part);
    }
}

static void say_number(size_t number) {
    char digits[24];
    char *start = digits + sizeof digits - 1;
    *start = 0;
    do {
        *--start = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    say(start);
}

static struct sigaction previous;

static void handle(int number, siginfo_t *info, void *context) {
    (void)context;
    // Codes of 0 or less mean that a program sent the signal.
    cfs_mapping *mapping = info->si_code > 0 ? find((uintptr_t)info->si_addr) : NULL;
    if (mapping == NULL) {
        // After the return the fault recurs, and the previous handler receives it.
        sigaction(number, &previous, NULL);
        if (info->si_code <= 0) raise(number);
        return;
    }
    // Several threads may fault; the first reports it and ends the program.
    static atomic_flag is_ending = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&is_ending)) pause();
    const char *path = atomic_load(&mapping->path);
    size_t byte_count = atomic_load(&mapping->byte_count);
    struct stat status;
    say("error: ");
    say_path(path);
    if (stat(path, &status) == 0 && (size_t)status.st_size >= byte_count) {
        say(": expected readable bytes, found a disk error, or a file that changed while it was "
            "being read\n");
    } else {
        say(": expected ");
        say_number(byte_count);
        say(" bytes, found a shorter file: it was truncated while it was being read\n");
    }
    cfs_remove_leftovers();
    _exit(1);
}

void cfs_exit_on_fault_in_mapping(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}
