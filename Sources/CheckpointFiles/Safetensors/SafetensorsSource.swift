package import TensorCore

/// A model's weights in one or several safetensors files, under Hugging Face's names.
package struct SafetensorsSource: TensorSource {
    package let file: String
    /// The files, sorted by name.
    package let files: [SafetensorsFile]
    /// The index's entries for tensors that are in none of the files: file names by the tensors' names.
    package let missing: [String: String]
    package var gainOffset: Float = 0
    package var mappings: [MappedFile] { files.map(\.mapping) }
    private var owners: [String: Int]

    /// Uses a single file's tensors as a model.
    package init(_ file: SafetensorsFile) {
        self.file = file.path
        files = [file]
        missing = [:]
        owners = Dictionary(file.tensors.map { ($0.name, 0) }) { first, _ in first }
    }

    /// A source without tensors, for a folder that has none.
    init(without folder: String) {
        file = folder
        files = []
        missing = [:]
        owners = [:]
    }

    /// Opens the files that an index (`model.safetensors.index.json`) lists; they are in the index's folder.
    ///
    /// The index may name tensors that no file has, because some writers list tensors that they do not store. Asking for
    /// such a tensor is an error.
    /// - Throws: if the index or one of the files is invalid, or they contradict each other.
    package init(index path: String) throws(CheckpointError) {
        func failure(_ name: String, expected: String, found: String) -> CheckpointError {
            CheckpointError(file: path, name: "tensor \(name.quoted)", expected: expected, found: found)
        }
        let index: Index = try inCheckpoint(try JSONText.read(path, atMost: .index))
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let names = Set(index.places.values).sorted()
        var files: [SafetensorsFile] = []
        var owners: [String: Int] = [:]
        for name in names {
            // A name in the index must not lead out of the folder.
            guard !name.contains("/"), name.hasSuffix(".safetensors") else {
                throw CheckpointError(
                    file: path, name: "key \"weight_map\"", expected: "names of safetensors files next to the index",
                    found: name.quoted)
            }
            let file = try SafetensorsFile(path: folder + name)
            for tensor in file.tensors where owners.updateValue(files.count, forKey: tensor.name) != nil {
                throw failure(tensor.name, expected: "it in one file only", found: "it also in \(name.quoted)")
            }
            files.append(file)
        }
        for (tensor, name) in index.places.sorted(by: { $0.key < $1.key }) {
            guard let owner = owners[tensor], names[owner] != name else { continue }
            throw failure(tensor, expected: "it in \(name.quoted)", found: "it in \(names[owner].quoted)")
        }
        missing = index.places.filter { owners[$0.key] == nil }
        file = path
        self.files = files
        self.owners = owners
    }

    private struct Index: Decodable {
        let places: [String: String]
        enum CodingKeys: String, CodingKey { case places = "weight_map" }
    }

    package var ropePairing: RoPEPairing { .halfSplit }

    /// The name in the files: without `model.` where a model without a head was saved.
    package func storedName(of name: String) -> String {
        hasPrefix || !name.hasPrefix(Self.prefix) ? name : String(name.dropFirst(Self.prefix.count))
    }

    private static let prefix = "model."

    private var hasPrefix: Bool { owners["embed_tokens.weight"] == nil }

    package func checkUnchanged() throws(CheckpointError) {
        for file in files { try inCheckpoint(try file.mapping.checkUnchanged()) }
    }

    package func contains(_ name: String) -> Bool { owners[storedName(of: name)] != nil }

    package func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let name = storedName(of: name)
        func failure(_ file: String, expected: String, found: String) -> CheckpointError {
            CheckpointError(file: file, name: "tensor \(name.quoted)", expected: expected, found: found)
        }
        guard let owner = owners[name], let info = files[owner].info(named: name) else {
            if let place = missing[name] {
                throw failure(file, expected: "it in \(place.quoted)", found: "no such tensor there")
            }
            throw failure(file, expected: "shape \(shape)", found: "no such tensor")
        }
        guard info.type.dtype != nil else {
            let known = SafetensorsType.supported.map(\.rawValue).joined(separator: ", ")
            throw failure(files[owner].path, expected: "one of the types \(known)", found: info.type.name)
        }
        guard info.shape == shape, let tensor = files[owner].tensor(named: name) else {
            throw failure(files[owner].path, expected: "shape \(shape)", found: "\(info.shape)")
        }
        return tensor
    }

    /// The descriptions of all tensors, in file order.
    package var tensors: [SafetensorsTensorInfo] { files.flatMap(\.tensors) }
}

extension SafetensorsSource {
    /// The same weights without one tensor, such as an output head that the configuration says is unused.
    package func without(_ name: String) -> SafetensorsSource {
        var result = self
        result.owners[name] = nil
        return result
    }
}
