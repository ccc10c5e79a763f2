import ArgumentParser
import LayerSkip

/// Makes an option that has no meaning for any model a matter of usage, found before anything is loaded.
func checkUsage(_ validate: () throws(DecodingError) -> Void) throws {
    do { try validate() } catch { throw ValidationError("\(error)") }
}

/// Makes a number of threads that no pool can have a matter of usage.
func checkThreads(_ threads: Int?) throws {
    if let threads, !(1...ThreadPool.maximumThreadCount).contains(threads) {
        throw ValidationError("--threads: expected 1...\(ThreadPool.maximumThreadCount), found \(threads)")
    }
}
