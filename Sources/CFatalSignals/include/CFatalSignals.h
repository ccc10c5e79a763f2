#ifndef CFATALSIGNALS_H
#define CFATALSIGNALS_H

#include <stddef.h>

// What a signal handler has to know: which files are mapped, and which temporary files end with the program.
//
// Handlers read both tables without a lock, at any moment. All functions may be called from any thread.

/// One mapped file in the table.
typedef struct cfs_mapping cfs_mapping;

/// Enters a mapping of `byte_count` bytes of the file at a path, which is copied. Never fails: without memory for an
/// entry it returns NULL, and the mapping is unknown to the handler.
cfs_mapping *cfs_add_mapping(const void *base, size_t byte_count, const char *path);

/// Takes an entry out; call it before the pages are unmapped. NULL is allowed.
void cfs_remove_mapping(cfs_mapping *mapping);

/// Enters the path of a file or folder that is removed where the program ends in a handler. Returns its number for
/// `cfs_forget_leftover`; -1 where the table is full or the path too long: it is then not removed.
int cfs_add_leftover(const char *path);

/// Takes a path out; -1 is allowed.
void cfs_forget_leftover(int number);

/// Removes what is entered: files, and then folders that are empty. Safe in a signal handler.
void cfs_remove_leftovers(void);

/// From now on, a fault (SIGBUS) in a mapped file ends the program with a message that names the file, and exit code 1.
/// All other faults go to the handler that was installed before.
void cfs_exit_on_fault_in_mapping(void);

#endif
