#ifndef CMESSAGEPASSING_H
#define CMESSAGEPASSING_H

#include <stdbool.h>
#include <stddef.h>

// Message passing between the processes of a job by MPI, whose library is loaded at run time: Open MPI, or MPICH and
// libraries with its ABI (Intel MPI, MVAPICH, Cray MPICH). Nothing of MPI is needed to build this.
//
// The functions may be called from any thread, but from one at a time.

/// The two binary interfaces of MPI.
typedef enum { CMP_OPEN_MPI, CMP_MPICH } cmp_interface;

/// Loads a library by name or path. Returns false if there is none or if it is no MPI with the given interface; the
/// reason is then in `cmp_failure`. After success, call it no more.
bool cmp_load(const char *name, cmp_interface interface);

/// Why the last call failed: one line, valid until the next call.
const char *cmp_failure(void);

/// The library's name and version; call it after `cmp_load`.
const char *cmp_version(void);

/// Joins the job: MPI_Init_thread. The other functions follow it. Returns false on failure.
bool cmp_join(int *rank, int *size);

/// Begins to send bytes to another process, which receives them in the order of the calls. They must stay unchanged
/// until `cmp_advance` returns 1. Returns false on failure.
bool cmp_send(const void *bytes, size_t count, int peer);

/// Begins to receive bytes from another process.
bool cmp_receive(void *bytes, size_t count, int peer);

/// Moves the begun messages on. Returns 1 if all have ended, 0 if some have not, -1 on failure.
int cmp_advance(void);

/// Leaves the job, together with all other processes: MPI_Finalize.
void cmp_leave(void);

/// Ends all processes of the job: MPI_Abort.
void cmp_abort(int code);

#endif
