extension ThreadPool {
    /// Seconds that a region takes in which there is nothing to do, its threads being awake: what it adds to the work
    /// of one that has `steps` steps.
    package func regionOverhead(steps: Int) -> Double {
        let regions = 1000
        let job = EmptyJob(steps: steps, threadCount: threadCount)
        for _ in 0..<regions { run(job) }  // until all are awake
        let stopwatch = Stopwatch()
        for _ in 0..<regions { run(job) }
        return stopwatch.seconds / Double(regions)
    }
}

/// Every thread has a share in every step, and nothing to do in it.
private struct EmptyJob: ParallelJob {
    let steps: Int
    let threadCount: Int

    func run(_ team: inout Team) {
        for _ in 0..<steps { team.share(threadCount, grain: 1) { _ in } }
    }
}

extension RegionCounts {
    /// What was counted between two moments.
    package static func - (later: RegionCounts, earlier: RegionCounts) -> RegionCounts {
        RegionCounts(regions: later.regions - earlier.regions, steps: later.steps - earlier.steps)
    }
}
