extension GGUFWriter {
    /// Distributes the tensors to writers of one part each, in order. The first also has the metadata.
    ///
    /// - Parameter limit: the size in bytes that no part exceeds, unless its only tensor does.
    /// - Throws: if there are more parts than the format can number.
    func parts(ofAtMost limit: Int) throws(CheckpointError) -> [GGUFWriter] {
        let alignment = try metadata.alignment()
        // The values are set below; they do not change the size of the header.
        var parts = [GGUFWriter(version, metadata.splitInto(1, tensors: 0, number: 0))]
        var header = parts[0].unpaddedHeader(alignment: alignment).count
        var data = 0
        for entry in entries.all {
            let description = entry.description(offset: 0).count
            let tensor = entry.byteCount + entry.byteCount.padding(to: alignment)
            let size = header + description
            if !parts[parts.count - 1].isEmpty, size + size.padding(to: alignment) + data + tensor > limit {
                var metadata = GGUFMetadata(file: self.metadata.file)
                metadata["general.alignment"] = self.metadata["general.alignment"]
                parts.append(GGUFWriter(version, metadata.splitInto(1, tensors: 0, number: 0)))
                header = parts[parts.count - 1].unpaddedHeader(alignment: alignment).count
                data = 0
            }
            header += description
            data += tensor
            parts[parts.count - 1].add(entry)
        }
        guard parts.count <= GGUFPartName.mostParts else {
            throw CheckpointError(
                file: metadata.file, name: "size of the parts",
                expected: "a size that makes at most \(GGUFPartName.mostParts) parts",
                found: "\(limit) bytes, which makes \(parts.count)")
        }
        for number in parts.indices {
            parts[number].metadata = parts[number].metadata.splitInto(
                parts.count, tensors: entries.all.count, number: number)
        }
        return parts
    }

    private init(_ version: UInt32, _ metadata: GGUFMetadata) {
        self.init()
        self.version = version
        self.metadata = metadata
    }

    private var isEmpty: Bool { entries.all.isEmpty }

    private mutating func add(_ entry: TensorEntries.Entry) {
        add(entry.name, entry.dtype, shape: entry.shape, writing: entry.write)
    }
}

extension GGUFMetadata {
    /// The same metadata with the keys of a part, in the types that llama.cpp requires. The id is 0.
    fileprivate func splitInto(_ count: Int, tensors: Int, number: Int) -> GGUFMetadata {
        var result = self
        result[GGUFSplit.Key.number] = .uint16(UInt16(truncatingIfNeeded: number))
        result[GGUFSplit.Key.count] = .uint16(UInt16(truncatingIfNeeded: count))
        result[GGUFSplit.Key.tensorCount] = .int32(Int32(truncatingIfNeeded: tensors))
        result[GGUFSplit.Key.id] = .uint64(0)
        return result
    }
}
