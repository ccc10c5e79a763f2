/// A tensor in the header of a safetensors file, as JSON.
struct SafetensorsEntry: Codable {
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
        guard let type = SafetensorsType(dtype) else {
            throw failure(
                expected: "one of the types \(SafetensorsType.names.joined(separator: ", "))", found: dtype.quoted)
        }
        guard shape.count <= 8 else {
            throw failure(expected: "at most 8 dimensions", found: "\(shape.count)")
        }
        guard let byteCount = type.byteCount(shape: shape) else {
            throw failure(expected: "a size in whole bytes that fits 63 bits", found: "shape \(shape)")
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0],
            offsets[1] - offsets[0] == byteCount
        else {
            throw failure(
                expected: "offsets of \(byteCount) bytes, as shape \(shape) in \(type.name) takes",
                found: "\(offsets.prefix(8))")
        }
        return SafetensorsTensorInfo(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
    }
}
