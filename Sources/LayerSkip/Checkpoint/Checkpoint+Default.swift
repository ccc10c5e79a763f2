import CDefaultModel
package import CheckpointFiles

extension Checkpoint {
    /// Opens what lies at a path, or without one the default model, which is part of the program.
    ///
    /// - Throws: if it cannot be read, or anything that it says about itself is wrong or not supported.
    package init(pathOrDefault path: String?) throws(CheckpointError) {
        if let path {
            try self.init(path: path)
        } else {
            // The linker puts the bytes among the program's constants; nobody writes or frees them.
            let bytes = unsafe UnsafeRawBufferPointer(start: cdm_default_model(), count: cdm_default_model_byte_count())
            let file = unsafe MappedFile(name: "the default model", partOfProgram: bytes)
            self = .gguf(try GGUFFile(file))
        }
    }
}
