import CDefaultModel
public import LayerSkip

extension Checkpoint {
    /// Opens the default model, a GGUF file of 18 MB that is compiled into the program.
    ///
    /// - Throws: ``CheckpointError`` only if the program itself is damaged.
    public static func defaultModel() throws(CheckpointError) -> Checkpoint {
        // The linker puts the bytes among the program's constants, which never change.
        let bytes = unsafe UnsafeRawBufferPointer(start: cdm_default_model(), count: cdm_default_model_byte_count())
        return try unsafe Checkpoint(partOfProgram: bytes, name: "the default model")
    }
}

extension TextModel {
    /// Loads the default model.
    ///
    /// ```swift
    /// let model = try TextModel.default()
    /// for try await piece in model.generate("func fibonacci(_ n: Int) -> Int {") { print(piece, terminator: "") }
    /// ```
    ///
    /// - Parameter threads: how many threads compute, 1...1024; by default one per physical core.
    /// - Throws: ``KernelTableError`` if `LAYERSKIP_KERNELS` names a table that cannot run here; ``ThreadCountError``;
    ///   ``CheckpointError`` if there is no memory for its weights.
    public static func `default`(threads: Int? = nil) throws -> TextModel {
        try .default(on: ComputeContext(threads: threads))
    }

    /// Loads the default model for a given table of kernels and pool of threads.
    ///
    /// - Throws: ``CheckpointError`` if there is no memory for its weights.
    public static func `default`(on compute: ComputeContext) throws -> TextModel {
        try TextModel(.defaultModel(), on: compute)
    }
}
