import CLibc

/// Files in which the system describes itself.
package enum SystemFile {
    /// The first line of a file that satisfies a condition; nil if there is none. Only its first 4095 bytes are read.
    package static func firstLine(_ path: String, where isWanted: (String) -> Bool = { _ in true }) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let line = String(
                decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if isWanted(line) { return line }
        }
        return nil
    }
}
