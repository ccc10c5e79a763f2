extension ThreadPool {
    /// Measures the seconds that an empty region of `steps` steps takes while all threads are awake: the overhead of a
    /// region.
    package func regionOverhead(steps: Int) -> Double {
        let regions = 1000
        let job = EmptyJob(steps: steps, threadCount: threadCount)
        for _ in 0..<regions { run(job) }  // until all are awake
        let stopwatch = Stopwatch()
        for _ in 0..<regions { run(job) }
        return stopwatch.seconds / Double(regions)
    }
}

/// A job in which every thread has a share of every step, and nothing to do.
private struct EmptyJob: ParallelJob {
    let steps: Int
    let threadCount: Int

    func run(_ thread: inout RegionThread) {
        for _ in 0..<steps { thread.share(threadCount, grain: 1) { _ in } }
    }
}

extension RegionCounts {
    /// The regions and steps between two counts.
    package static func - (later: RegionCounts, earlier: RegionCounts) -> RegionCounts {
        RegionCounts(regions: later.regions - earlier.regions, steps: later.steps - earlier.steps)
    }
}
