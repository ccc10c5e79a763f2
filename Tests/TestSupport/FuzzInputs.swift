#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many damaged inputs a test reads. A number, and no time, so that a test does the same on every machine.
package enum FuzzInputs {
    /// The usual number, or `LAYERSKIP_FUZZ_FACTOR` times as many, for a long run.
    package static func count(_ usual: Int) -> Int {
        usual * (getenv("LAYERSKIP_FUZZ_FACTOR").flatMap { Int(String(cString: $0)) } ?? 1)
    }
}
