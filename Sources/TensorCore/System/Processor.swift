/// The processor that the program runs on.
package enum Processor {
    /// What its maker calls it, such as `AMD EPYC 9B14`; nil if the system does not say.
    package static let name: String? = {
        #if os(Linux)
            let line = SystemFile.firstLine("/proc/cpuinfo") { $0.hasPrefix("model name") }
            let words = line?.drop { $0 != ":" }.dropFirst().split(separator: " ") ?? []
            return words.isEmpty ? nil : words.joined(separator: " ")
        #else
            return nil
        #endif
    }()
}
