/// A kind of file that people take for a model, recognised by its first bytes.
enum ForeignFormat {
    case safetensors, archive, pickle, json, pointer

    init?(_ bytes: UnsafeRawBufferPointer) {
        let start = Array(bytes.prefix(Self.pointerStart.count))
        if start == Self.pointerStart {
            self = .pointer
        } else if start.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            self = .archive
        } else if start.count > 1 && start[0] == 0x80 && start[1] < 6 {
            self = .pickle
        } else if start.first == UInt8(ascii: "{") {
            self = .json
        } else if start.count > 8, start[8] == UInt8(ascii: "{"),
            bytes.loadUnaligned(as: UInt64.self) <= UInt64(bytes.count - 8)
        {
            self = .safetensors
        } else {
            return nil
        }
    }

    private static let pointerStart = Array("version https://git-lfs.github.com".utf8)

    /// What the file is, for errors of readers of other files than models.
    var name: String {
        switch self {
        case .safetensors: "a safetensors file"
        case .archive: "a zip archive"
        case .pickle: "a file in Python's pickle format"
        case .json: "JSON"
        case .pointer: advice
        }
    }

    /// What the file is, and what to do if it should be a model, for errors.
    var advice: String {
        switch self {
        case .safetensors: "a safetensors file; pass the model's folder, which has config.json and tokenizer.json too"
        // PyTorch's archives are zip files; older ones begin with the pickle itself.
        case .archive, .pickle: "PyTorch's pickle format; \(Self.conversion(of: "FOLDER"))"
        case .json: "JSON; pass the model's folder"
        case .pointer: "a Git LFS pointer in place of the file; fetch the file with git lfs pull"
        }
    }

    /// How to convert a folder with weights in PyTorch's pickle format.
    static func conversion(of folder: String) -> String {
        """
        convert it to safetensors in Python, with transformers.AutoModelForCausalLM.from_pretrained("\(folder)")\
        .save_pretrained("NEW_FOLDER"), and copy the tokenizer's files
        """
    }
}

extension MappedFile {
    /// Throws if the file is recognised as one that holds no JSON, such as a safetensors file.
    ///
    /// - Parameter expected: what it should be, for the error.
    package func refuseForeignFormat(expected: String) throws(CheckpointError) {
        let format = withBytes(in: 0..<byteCount) { bytes in bytes.withUnsafeBytes { ForeignFormat($0) } }
        guard let format, format != .json else { return }
        throw CheckpointError(file: path, expected: expected, found: format.advice)
    }
}
