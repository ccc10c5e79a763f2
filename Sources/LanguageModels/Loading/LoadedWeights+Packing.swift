import CheckpointFiles
import TensorCore

extension LoadedWeights {
    /// Packs a model's weights, or maps them if they are kept in packed form.
    ///
    /// - Parameter notes: receives notes for people on what was done.
    /// - Throws: as ``Transformer/init(_:on:_:notes:progress:)`` does.
    init(
        _ stored: StoredModel, on compute: ComputeContext, _ options: WeightOptions, notes: inout [String],
        progress: (Double) -> Bool
    ) throws(CheckpointError) {
        let formats = MatrixFormats(stored, quantizing: options.quantization)
        if let recipe = options.quantization { try stored.check(recipe) }
        func note(areMapped: Bool) throws(CheckpointError) {
            guard let recipe = options.quantization else { return }
            notes.append(try stored.note(quantizing: recipe, areMapped: areMapped))
        }
        var packing = PackedLoading(compute: compute, formats: formats)
        guard let folder = options.packedFolder else {
            try note(areMapped: false)
            try stored.checkMemory(formats)
            try self.init(stored, as: &packing, progress: progress)
            try stored.source.checkUnchanged()
            if let failure = options.packedFolderFailure {
                notes.append("the packed weights are not kept: \(failure)")
            }
            return
        }
        let packed = try PackedFile(
            in: folder, stored, formats, recipe: options.quantization?.name, for: compute.kernels)
        var reason: String?
        if let file = packed.map(&reason) {
            try note(areMapped: true)
            var mapping = MappedLoading(file, start: packed.start, formats, for: compute.kernels)
            try self.init(stored, as: &mapping, progress: progress)
            try stored.source.checkUnchanged()
            notes.append("packed weights mapped from \(packed.path) (\(packed.byteCount.megabytes))")
            return
        }
        try note(areMapped: false)
        if let reason { notes.append("the packed weights in \(packed.path) are made again: \(reason)") }
        try stored.checkMemory(formats)
        var keeping = KeptLoading(packing, to: packed)
        try self.init(stored, as: &keeping, progress: progress)
        try stored.source.checkUnchanged()
        keeping.commit()
        if let failure = keeping.failure {
            notes.append("the packed weights are not kept: \(failure)")
        } else {
            notes.append(
                "packed weights kept in \(packed.path) (\(packed.byteCount.megabytes)) for the next start; remove "
                    + "the file to free the space")
        }
    }
}

extension Int {
    fileprivate var megabytes: String { "\((self + 500_000) / 1_000_000) MB" }
}
