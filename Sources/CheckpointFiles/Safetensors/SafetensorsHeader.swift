package import TensorCore

/// A safetensors file's description of one tensor, checked against the file when it was opened.
package struct SafetensorsTensorInfo: Sendable, Equatable {
    /// The tensor's name in the file, such as `model.layers.0.self_attn.q_proj.weight`.
    package let name: String
    /// The element format, never a quantized one.
    package let dtype: DType
    /// One to four dimensions, the innermost (contiguous) one last.
    package let shape: [Int]
    /// The tensor's byte range in the file.
    package let range: Range<Int>
}

/// Reads the header of a safetensors file: everything before the tensors' data.
///
///     length of the header, 64 bits | header: JSON, padded with spaces | data
///
/// Source: the format's specification, "Format" in the README of huggingface/safetensors.
struct SafetensorsHeader {
    /// The one key that does not name a tensor.
    static let metadataKey = "__metadata__"

    let metadata: [String: String]
    /// In the order of their data.
    let tensors: [SafetensorsTensorInfo]

    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
        var cursor = ByteCursor(bytes, file: file)
        let length = try cursor.number("header length", as: UInt64.self)
        let bound = min(cursor.remaining, ReadingLimit.safetensorsHeader.byteCount)
        guard length <= UInt64(bound) else {
            throw cursor.failure("header length", expected: "at most \(bound) bytes", found: "\(length)")
        }
        let dataStart = cursor.offset + Int(length)
        let text = UnsafeRawBufferPointer(rebasing: bytes[cursor.offset..<dataStart])
        // The specification requires this first byte, without whitespace before it.
        guard text.first == UInt8(ascii: "{") else {
            throw cursor.failure("header", expected: "a JSON object", found: "something else")
        }
        let content: Content = try inCheckpoint(
            try JSONText.decode(text, file: file, part: "header", atMost: .safetensorsHeader))
        metadata = content.metadata
        var tensors: [SafetensorsTensorInfo] = []
        for (name, entry) in content.entries {
            tensors.append(try entry.checked(name: name, file: file))
        }
        tensors.sort { ($0.range.lowerBound, $0.name) < ($1.range.lowerBound, $1.name) }
        try Self.checkThatTheyCover(bytes.count - dataStart, tensors, file: file)
        self.tensors = tensors.map {
            let range = $0.range.lowerBound + dataStart..<$0.range.upperBound + dataStart
            return SafetensorsTensorInfo(name: $0.name, dtype: $0.dtype, shape: $0.shape, range: range)
        }
    }

    /// Checks that the tensors cover the data without holes or overlaps, as the specification requires. This also
    /// detects a duplicate name whose two entries differ.
    private static func checkThatTheyCover(
        _ byteCount: Int, _ tensors: [SafetensorsTensorInfo], file: String
    ) throws(CheckpointError) {
        var end = 0
        for tensor in tensors {
            guard tensor.range.lowerBound == end else {
                throw CheckpointError(
                    file: file, name: "tensor \(tensor.name.quoted)", expected: "data that begins at \(end)",
                    found: "\(tensor.range.lowerBound)")
            }
            end = tensor.range.upperBound
        }
        guard end == byteCount else {
            throw CheckpointError(
                file: file, name: "data", expected: "\(end) bytes, as the header says", found: "\(byteCount)")
        }
    }

    private struct Content: Decodable {
        var metadata: [String: String] = [:]
        var entries: [(String, Entry)] = []

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: JSONKey.self)
            for key in container.allKeys {
                if key.stringValue == SafetensorsHeader.metadataKey {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries.append((key.stringValue, try container.decode(Entry.self, forKey: key)))
                }
            }
        }
    }

    private struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }

        /// Returns the tensor if its fields are consistent; its range is still relative to the start of the data.
        func checked(name: String, file: String) throws(CheckpointError) -> SafetensorsTensorInfo {
            func failure(expected: String, found: String) -> CheckpointError {
                CheckpointError(file: file, name: "tensor \(name.quoted)", expected: expected, found: found)
            }
            let readable = DType.allCases.filter { !$0.isQuantized }
            guard let dtype = readable.first(where: { $0.rawValue == dtype }) else {
                let known = readable.map(\.rawValue).joined(separator: ", ")
                throw failure(expected: "one of the types \(known)", found: dtype.quoted)
            }
            guard (1...4).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
                throw failure(expected: "1 to 4 dimensions above 0", found: "shape \(shape.prefix(8))")
            }
            guard let byteCount = dtype.byteCount(shape: shape) else {
                throw failure(expected: "a size that fits 63 bits", found: "shape \(shape)")
            }
            guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0],
                offsets[1] - offsets[0] == byteCount
            else {
                throw failure(
                    expected: "offsets of \(byteCount) bytes, as shape \(shape) in \(dtype.rawValue) takes",
                    found: "\(offsets.prefix(8))")
            }
            return SafetensorsTensorInfo(name: name, dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
        }
    }
}
