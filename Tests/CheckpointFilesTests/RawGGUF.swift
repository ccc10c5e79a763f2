import CheckpointFiles
import TestSupport

/// A GGUF file assembled by hand, so that any part of it can be invalid.
struct RawGGUF: Sendable {
    var magic = "GGUF"
    var version: UInt32 = 3
    /// The claimed count; nil for the actual one.
    var tensorCount: UInt64?
    var metadataCount: UInt64?
    var metadata: [[UInt8]] = []
    var tensors: [[UInt8]] = []
    var alignment = 32
    var dataCount = 0

    /// Adds a metadata entry.
    mutating func set(_ key: String, type: UInt32, _ fill: (inout ByteSink) -> Void) {
        var sink = ByteSink()
        sink.append(key)
        sink.append(type)
        fill(&sink)
        metadata.append(sink.bytes)
    }

    /// Adds a tensor's description; dimensions in file order, the innermost first.
    mutating func tensor(_ name: String, _ dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) {
        var sink = ByteSink()
        sink.append(name)
        sink.append(UInt32(dimensions.count))
        dimensions.forEach { sink.append($0) }
        sink.append(type)
        sink.append(offset)
        tensors.append(sink.bytes)
    }

    var bytes: [UInt8] {
        var sink = ByteSink()
        sink.append(raw: Array(magic.utf8))
        sink.append(version)
        sink.append(tensorCount ?? UInt64(tensors.count))
        sink.append(metadataCount ?? UInt64(metadata.count))
        metadata.forEach { sink.append(raw: $0) }
        tensors.forEach { sink.append(raw: $0) }
        sink.pad(to: alignment)
        sink.append(raw: [UInt8](repeating: 7, count: dataCount))
        return sink.bytes
    }
}

/// Opens bytes as a file; errors name it `model.gguf`.
func open(_ bytes: [UInt8]) throws -> GGUFFile {
    let folder = TemporaryFolder()
    do {
        return try GGUFFile(path: folder.write(bytes, as: "model.gguf"))
    } catch {
        throw CheckpointError(file: "model.gguf", name: error.name, expected: error.expected, found: error.found)
    }
}

/// The error for bytes that are not a valid file; nil if they are.
func complaint(about bytes: [UInt8]) -> String? {
    do {
        _ = try open(bytes)
        return nil
    } catch {
        return "\(error)"
    }
}
