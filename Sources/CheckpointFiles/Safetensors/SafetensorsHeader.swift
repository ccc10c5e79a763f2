package import TensorCore

/// A safetensors file's description of one tensor, checked against the file when it was opened.
package struct SafetensorsTensorInfo: Sendable, Equatable {
    /// The tensor's name in the file, such as `model.layers.0.self_attn.q_proj.weight`.
    package let name: String
    /// The element format, which may be one that this package cannot compute with.
    package let type: SafetensorsType
    /// The dimensions, the innermost (contiguous) one last; none for a single number. They may be 0.
    package let shape: [Int]
    /// The tensor's byte range in the file.
    package let range: Range<Int>

    /// The element format, never a quantized one; nil if the tensor cannot be a weight, because of its format or its
    /// shape.
    package var dtype: DType? {
        (1...4).contains(shape.count) && shape.allSatisfy { $0 > 0 } ? type.dtype : nil
    }

    /// The tensor in a list of the file's contents.
    package var listed: ListedTensor {
        ListedTensor(name: name, format: type.name, dtype: type.dtype, shape: shape, byteCount: range.count)
    }
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
        if case .pointer? = ForeignFormat(bytes) {
            throw cursor.failure("", expected: "a safetensors file", found: ForeignFormat.pointer.advice)
        }
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
        // Tensors without elements come before the one that begins at the same place.
        tensors.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        try Self.checkThatTheyCover(bytes.count - dataStart, tensors, file: file)
        self.tensors = tensors.map {
            let range = $0.range.lowerBound + dataStart..<$0.range.upperBound + dataStart
            return SafetensorsTensorInfo(name: $0.name, type: $0.type, shape: $0.shape, range: range)
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
        var entries: [(String, SafetensorsEntry)] = []

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: JSONKey.self)
            for key in container.allKeys {
                if key.stringValue == SafetensorsHeader.metadataKey {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries.append((key.stringValue, try container.decode(SafetensorsEntry.self, forKey: key)))
                }
            }
        }
    }
}
