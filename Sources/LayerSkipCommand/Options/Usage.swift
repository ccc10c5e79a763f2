import ArgumentParser
import LayerSkip

/// Turns an option that is invalid for every model into a usage error, before anything is loaded.
func checkUsage(_ validate: () throws(GenerationError) -> Void) throws {
    do { try validate() } catch { throw ValidationError("\(error)") }
}

/// Throws a usage error for a number of rounds that no one can wait for.
func checkRounds(_ rounds: Int?, option: String = "--rounds") throws {
    if let rounds, !(1...1_000_000).contains(rounds) {
        throw ValidationError("\(option): expected 1...1000000, found \(rounds)")
    }
}

/// Throws a usage error for a number of threads that no pool can have.
func checkThreads(_ threads: Int?) throws {
    if let threads, !(1...ThreadPool.maximumThreadCount).contains(threads) {
        throw ValidationError(
            """
            --threads: expected 1...\(ThreadPool.maximumThreadCount), found \(threads); pass a number in this range, or \
            leave it out for one thread per physical core
            """)
    }
}
