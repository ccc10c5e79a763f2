import CLibc

/// Asks the preloaded counter (Tests/AllocationCounter) how often memory was taken from the heap.
struct AllocationCounter {
    private let beginCount: @convention(c) () -> Void
    private let endCount: @convention(c) () -> Int

    /// nil where the counter is not preloaded.
    init?() {
        guard let program = dlopen(nil, RTLD_NOW), let begin = dlsym(program, "allocation_count_begin"),
            let end = dlsym(program, "allocation_count_end")
        else { return nil }
        beginCount = unsafeBitCast(begin, to: (@convention(c) () -> Void).self)
        endCount = unsafeBitCast(end, to: (@convention(c) () -> Int).self)
    }

    func begin() { beginCount() }

    /// Calls since `begin`.
    func end() -> Int { endCount() }
}
