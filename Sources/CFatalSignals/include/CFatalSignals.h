#ifndef CFATALSIGNALS_H
#define CFATALSIGNALS_H

#include <stddef.h>

// Tables for signal handlers: which files are mapped, and which temporary files to remove when the program ends.
//
// Handlers read both tables without locks, at any time. All functions may be called from any thread.

/// An entry of the table: one mapped file.
typedef struct cfs_mapping cfs_mapping;

/// Adds a mapping of `byte_count` bytes of the file at a path; the path is copied. Never fails: if there is no memory
/// for an entry it returns NULL, and the handler does not know the mapping.
cfs_mapping *cfs_add_mapping(const void *base, size_t byte_count, const char *path);

/// Removes an entry; call it before unmapping the pages. NULL is allowed.
void cfs_remove_mapping(cfs_mapping *mapping);

/// Adds the path of a file or folder to remove when a handler ends the program. Returns its number for
/// `cfs_forget_leftover`; or -1 if there is no memory for it or the path is too long, in which case it is not removed.
int cfs_add_leftover(const char *path);

/// Removes a path from the table without touching the file; -1 is allowed.
void cfs_forget_leftover(int number);

/// Removes all files in the table, then all folders in it that are empty. Safe in a signal handler.
void cfs_remove_leftovers(void);

/// Installs a handler that makes a fault (SIGBUS) in a mapped file exit the program with code 1 and a message that
/// names the file. All other faults go to the previously installed handler.
void cfs_exit_on_fault_in_mapping(void);

#endif
