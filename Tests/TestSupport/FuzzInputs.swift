import CLibc

/// The number of damaged inputs that a test reads. A count instead of a time limit makes tests equal on every machine.
package enum FuzzInputs {
    /// The usual number, multiplied by `LAYERSKIP_FUZZ_FACTOR` if set, for a long run.
    package static func count(_ usual: Int) -> Int {
        usual * (getenv("LAYERSKIP_FUZZ_FACTOR").flatMap { Int(String(cString: $0)) } ?? 1)
    }
}
