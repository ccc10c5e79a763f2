#include "CMessagePassing.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char failure[512] = "";
static char version[8192] = ""; // MPICH's may be as long, MPI_MAX_LIBRARY_VERSION_STRING
static cmp_interface interface_in_use;

/// The loaded functions, whose handles have the library's own type.
static struct {
    void *isend, *irecv, *testall, *comm_rank, *comm_size, *comm_set_errhandler, *abort;
    int (*init_thread)(int *, char ***, int, int *);
    int (*finalize)(void);
    int (*error_string)(int, char *, int *);
    int (*get_library_version)(char *, int *);
    void *statuses_ignore;
} calls;

/// Messages that have begun, and room for them.
static size_t begun, capacity;

enum { TAG = 1, THREAD_SERIALIZED = 2 };

static bool fail(const char *reason) {
    snprintf(failure, sizeof failure, "%s", reason);
    // Some messages have more than one line.
    for (char *c = failure; *c; c++) if (*c == '\n') *c = ' ';
    return false;
}

/// Whether a call returned MPI_SUCCESS.
static bool succeeded(int code) {
    if (code == 0) return true;
    char text[8192] = "";
    int length = 0;
    if (calls.error_string(code, text, &length) != 0) snprintf(text, sizeof text, "error %d", code);
    return fail(text);
}

#define HANDLE void *
#define NAMED(name) name##_of_pointers
#include "calls-inl.h"

// Both interfaces share the number of begun messages, since only one is in use.
#define HANDLE int
#define NAMED(name) name##_of_integers
#include "calls-inl.h"

static bool find(void *library, const char *name, void **function) {
    *function = dlsym(library, name);
    if (*function) return true;
    char reason[128];
    snprintf(reason, sizeof reason, "it has no function %s", name);
    return fail(reason);
}

static bool find_all(void *library) {
    return find(library, "MPI_Isend", &calls.isend) && find(library, "MPI_Irecv", &calls.irecv)
        && find(library, "MPI_Testall", &calls.testall) && find(library, "MPI_Comm_rank", &calls.comm_rank)
        && find(library, "MPI_Comm_size", &calls.comm_size)
        && find(library, "MPI_Comm_set_errhandler", &calls.comm_set_errhandler)
        && find(library, "MPI_Abort", &calls.abort)
        && find(library, "MPI_Init_thread", (void **)&calls.init_thread)
        && find(library, "MPI_Finalize", (void **)&calls.finalize)
        && find(library, "MPI_Error_string", (void **)&calls.error_string)
        && find(library, "MPI_Get_library_version", (void **)&calls.get_library_version);
}

bool cmp_load(const char *name, cmp_interface interface) {
    // RTLD_GLOBAL: Open MPI loads plugins that refer to the library's symbols without naming it.
    void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    if (!library) return fail(dlerror());
    if (!find_all(library)) return false;
    int length = 0;
    if (calls.get_library_version(version, &length) != 0) return fail("it does not tell its version");
    version[strcspn(version, "\n")] = 0; // Open MPI's and MPICH's first line has name and number.
    for (char *c = version; *c; c++) if (*c == '\t') *c = ' ';
    void *world = dlsym(library, "ompi_mpi_comm_world");
    if ((world != NULL) != (interface == CMP_OPEN_MPI)) {
        char reason[256];
        snprintf(reason, sizeof reason, "it is %.200s", version);
        return fail(reason);
    }
    interface_in_use = interface;
    if (interface == CMP_OPEN_MPI) {
        // Handles are the addresses of the library's own objects.
        world_of_pointers = world;
        calls.statuses_ignore = NULL;
        return find(library, "ompi_mpi_byte", &byte_of_pointers)
            && find(library, "ompi_mpi_errors_return", &errors_return_of_pointers);
    }
    // The constants of MPICH's mpi.h, which its ABI initiative has fixed for all libraries that take part.
    world_of_integers = 0x44000000;
    byte_of_integers = 0x4c00010d;
    errors_return_of_integers = 0x54000001;
    calls.statuses_ignore = (void *)1;
    return true;
}

const char *cmp_failure(void) { return failure; }

const char *cmp_version(void) { return version; }

bool cmp_join(int *rank, int *size) {
    int provided = 0;
    if (!succeeded(calls.init_thread(NULL, NULL, THREAD_SERIALIZED, &provided))) return false;
    if (provided < THREAD_SERIALIZED) return fail("it was built without MPI_THREAD_SERIALIZED");
    return interface_in_use == CMP_OPEN_MPI ? join_of_pointers(rank, size) : join_of_integers(rank, size);
}

bool cmp_send(const void *bytes, size_t count, int peer) {
    if (count > INT_MAX) return fail("a message is longer than 2 GiB");
    return interface_in_use == CMP_OPEN_MPI ? send_of_pointers(bytes, (int)count, peer)
                                            : send_of_integers(bytes, (int)count, peer);
}

bool cmp_receive(void *bytes, size_t count, int peer) {
    if (count > INT_MAX) return fail("a message is longer than 2 GiB");
    return interface_in_use == CMP_OPEN_MPI ? receive_of_pointers(bytes, (int)count, peer)
                                            : receive_of_integers(bytes, (int)count, peer);
}

int cmp_advance(void) {
    return interface_in_use == CMP_OPEN_MPI ? advance_of_pointers() : advance_of_integers();
}

void cmp_leave(void) { calls.finalize(); }

void cmp_abort(int code) {
    interface_in_use == CMP_OPEN_MPI ? abort_of_pointers(code) : abort_of_integers(code);
}
