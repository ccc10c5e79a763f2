package import CheckpointFiles

/// The text of a `config.json`, read once: first only for what the model is, then for all values.
package struct ConfigurationText {
    private let file: String
    private let bytes: [UInt8]
    /// The file's members.
    package let members: JSONMembers

    /// Reads the file at a path.
    ///
    /// - Throws: if it is missing or too large, or not an object in JSON.
    package init(path: String) throws(CheckpointError) {
        file = path
        bytes = try inCheckpoint(try TextFile.bytes(path, atMost: .description))
        members = try inCheckpoint(try JSONMembers(bytes, name: path, atMost: .description))
    }

    /// Checks that the model's architecture is supported and its weights are not quantized, whatever else is wrong.
    package func checkKind() throws(CheckpointError) {
        _ = try StatedArchitecture(members).architecture(file: file)
        if let quantization = Quantization(members) {
            throw CheckpointError(
                file: file, name: "key \(quantization.key.quoted)", expected: "weights in F32, F16 or BF16",
                found: Quantization.found(quantization.description))
        }
    }

    /// Returns the configuration.
    ///
    /// - Parameter describesWeights: whether the weights are next to the file. Next to an adapter's weights, the file
    ///   may say how the base was quantized during training.
    /// - Throws: as above, and if a key is missing or out of range, or requires something that the architecture's
    ///   models do not have.
    func configuration(describesWeights: Bool = true) throws(CheckpointError) -> HuggingFaceConfiguration {
        if describesWeights { try checkKind() } else { _ = try StatedArchitecture(members).architecture(file: file) }
        let content: ConfigurationFile = try inCheckpoint(
            try JSONText.decode(text: bytes, file: file, atMost: .description))
        var result = try ConfigurationFile.Reader(file: file, content: content).configuration()
        result.origin = members["_name_or_path"]
        if let note = UnknownKeys.note(members, result.model.architecture) { result.model.notes.add(note) }
        return result
    }
}
