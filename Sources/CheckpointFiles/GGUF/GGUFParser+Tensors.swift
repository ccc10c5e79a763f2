import TensorCore

extension GGUFParser {
    /// Reads the tensors' descriptions, then checks each against the data that follows.
    mutating func tensorInfos(count: Int, alignment: Int) throws(CheckpointError) {
        var infos: [Tensor] = []
        for index in 0..<count {
            infos.append(try tensorInfo(index, alignment: alignment))
            guard result.indices.updateValue(index, forKey: infos[index].name) == nil else {
                throw failure(infos[index].name, expected: "a unique name", found: "a duplicate")
            }
        }
        let dataStart = cursor.offset + cursor.offset.padding(to: alignment)
        for info in infos {
            let (upperBound, overflow) = info.range.upperBound.addingReportingOverflow(dataStart)
            guard !overflow, upperBound <= byteCount else {
                let room = max(0, byteCount - dataStart)
                let found = "bytes \(info.range.lowerBound)..<\(info.range.upperBound)"
                throw failure(info.name, expected: "bytes within the file's \(room) bytes of data", found: found)
            }
            let range = info.range.lowerBound + dataStart..<upperBound
            result.tensors.append(Tensor(name: info.name, type: info.type, shape: info.shape, range: range))
        }
        try checkThatNoneOverlap()
    }

    /// Reads one description; its range is still relative to the start of the data.
    private mutating func tensorInfo(_ index: Int, alignment: Int) throws(CheckpointError) -> Tensor {
        // The specification limits names to 64 bytes, but some writers exceed that.
        let name = try cursor.identifier(limit: 1024, "name of tensor number \(index)")
        func what() -> String { "tensor \(name.quoted)" }
        let rank = try cursor.number(what(), as: UInt32.self)
        guard (1...4).contains(rank) else { throw failure(name, expected: "1 to 4 dimensions", found: "\(rank)") }
        let dimensions = try cursor.numbers(count: Int(rank), what(), as: UInt64.self)
        let typeNumber = try cursor.number(what(), as: UInt32.self)
        let offset = try cursor.number(what(), as: UInt64.self)

        guard let type = GGUFTensorType(typeNumber), allowsEveryFormat || type.dtype != nil else {
            let known = DType.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure(name, expected: "one of the types \(known)", found: GGUFTensorType.name(typeNumber))
        }
        var shape: [Int] = []
        for dimension in dimensions.reversed() {
            guard dimension > 0, let dimension = Int(exactly: dimension) else {
                throw failure(name, expected: "dimensions in 1...\(Int.max)", found: "\(dimension)")
            }
            shape.append(dimension)
        }
        guard shape[shape.count - 1].isMultiple(of: type.elementsPerBlock) else {
            throw failure(
                name, expected: "rows of a multiple of \(type.elementsPerBlock) elements, as \(type.name) needs",
                found: "shape \(shape)")
        }
        guard let byteCount = type.byteCount(shape: shape) else {
            throw failure(name, expected: "a size that fits 63 bits", found: "shape \(shape)")
        }
        guard offset.isMultiple(of: UInt64(alignment)) else {
            throw failure(name, expected: "an offset that is a multiple of \(alignment)", found: "\(offset)")
        }
        guard let start = Int(exactly: offset), !start.addingReportingOverflow(byteCount).overflow else {
            throw failure(name, expected: "an offset within the file", found: "\(offset)")
        }
        return Tensor(name: name, type: type, shape: shape, range: start..<start + byteCount)
    }

    private func checkThatNoneOverlap() throws(CheckpointError) {
        let ordered = result.tensors.sorted { $0.range.lowerBound < $1.range.lowerBound }
        for (first, second) in zip(ordered, ordered.dropFirst()) where second.range.lowerBound < first.range.upperBound
        {
            throw failure(
                second.name, expected: "bytes of its own", found: "bytes shared with tensor \(first.name.quoted)")
        }
    }

    private func failure(_ name: String, expected: String, found: String) -> CheckpointError {
        cursor.failure("tensor \(name.quoted)", expected: expected, found: found)
    }
}
