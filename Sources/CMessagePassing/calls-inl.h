// The calls of MPI with one type of handle. Included once for each of the two binary interfaces, by a file that defines
//     HANDLE         the type of communicators, datatypes, requests and error handlers
//     NAMED(name)    the name with a suffix
// Function types are those of the MPI standard 3.1.

typedef int NAMED(isend)(const void *, int, HANDLE, int, int, HANDLE, HANDLE *);
typedef int NAMED(irecv)(void *, int, HANDLE, int, int, HANDLE, HANDLE *);
typedef int NAMED(testall)(int, HANDLE *, int *, void *);
typedef int NAMED(comm_number)(HANDLE, int *);
typedef int NAMED(comm_set_errhandler)(HANDLE, HANDLE);
typedef int NAMED(comm_abort)(HANDLE, int);

static HANDLE NAMED(world);
static HANDLE NAMED(byte);
static HANDLE NAMED(errors_return);
static HANDLE *NAMED(requests);

static bool NAMED(join)(int *rank, int *size) {
    return succeeded(((NAMED(comm_set_errhandler) *)calls.comm_set_errhandler)(NAMED(world), NAMED(errors_return)))
        && succeeded(((NAMED(comm_number) *)calls.comm_rank)(NAMED(world), rank))
        && succeeded(((NAMED(comm_number) *)calls.comm_size)(NAMED(world), size));
}

/// Returns the place of the next request. MPI keeps no addresses of requests, so the array may move.
static HANDLE *NAMED(next)(void) {
    if (begun == capacity) {
        size_t larger = capacity ? 2 * capacity : 64;
        HANDLE *memory = realloc(NAMED(requests), larger * sizeof *memory);
        if (!memory) return NULL;
        NAMED(requests) = memory;
        capacity = larger;
    }
    return NAMED(requests) + begun;
}

static bool NAMED(send)(const void *bytes, int count, int peer) {
    HANDLE *request = NAMED(next)();
    if (!request) return fail("not enough memory for a message");
    if (!succeeded(((NAMED(isend) *)calls.isend)(bytes, count, NAMED(byte), peer, TAG, NAMED(world), request)))
        return false;
    begun++;
    return true;
}

static bool NAMED(receive)(void *bytes, int count, int peer) {
    HANDLE *request = NAMED(next)();
    if (!request) return fail("not enough memory for a message");
    if (!succeeded(((NAMED(irecv) *)calls.irecv)(bytes, count, NAMED(byte), peer, TAG, NAMED(world), request)))
        return false;
    begun++;
    return true;
}

static int NAMED(advance)(void) {
    int done = 0;
    if (!succeeded(((NAMED(testall) *)calls.testall)((int)begun, NAMED(requests), &done, calls.statuses_ignore)))
        return -1;
    if (done) begun = 0;
    return done ? 1 : 0;
}

static void NAMED(abort)(int code) { ((NAMED(comm_abort) *)calls.abort)(NAMED(world), code); }

#undef HANDLE
#undef NAMED
