package import CheckpointFiles
import LanguageModels

extension InputFiles {
    /// Adds what a model is read from: its files, its LoRA adapter, and the base that an adapter in the model's place
    /// names. Errors in the adapter are left to whatever opens the model.
    ///
    /// - Parameters:
    ///   - model: the path or hub name of the model; nil for the default model.
    ///   - adapter: the folder of an adapter of the model; nil for none.
    ///   - role: the model's name in errors.
    package mutating func add(model: String?, adapter: String?, as role: String = "the model that is read") {
        let path = model.map(ModelFinder().knownPath)
        add(model: path, as: role)
        if let adapter { return add(adapter, as: "the adapter that is read") }
        guard let path, AdapterFolder.exists(path), let folder = try? AdapterFolder(path: path),
            let base = try? OpenedAdapter.base(of: folder)
        else { return }
        add(model: base, as: "the base model of the adapter that is read")
    }
}
