import CheckpointFiles
import LanguageModels
import TensorCore
import TokenDecoding

/// The result of a tuning in a file of the user's cache: what drafts best with a model, where it was measured, and of
/// which files.
///
/// Like packed weights, it can always be made again, so anything unexpected in it is a reason not to use it.
package struct SavedTuning: Sendable, Equatable, Codable {
    /// The version of the format.
    private let version: Int
    /// A line for each file of the model's weights, which differs between its versions.
    private let model: [String]
    private let exitLayer: Int?
    private let draftLength: Int?
    /// The tokens that the model wrote, the most frequent first.
    package let written: [Token]
    /// The machine that it was measured on.
    package let machine: Machine

    private enum CodingKeys: String, CodingKey {
        case version, model, machine
        case exitLayer = "exit_layer"
        case draftLength = "draft_length"
        case written = "draft_vocabulary"
    }

    private static let version = 1

    /// What the speed of drafts depends on.
    package struct Machine: Sendable, Equatable, Codable {
        /// The name of the processor.
        let processor: String
        /// The name of the kernel table.
        let kernels: String
        /// The number of threads.
        let threads: Int
        /// The version of the program.
        let version: String

        /// This machine.
        ///
        /// - Parameter compute: the kernels and threads that were used.
        package init(_ compute: ComputeContext) {
            self.init(kernels: compute.kernels.name, threads: compute.pool.threadCount)
        }

        init(processor: String = Processor.name ?? "unknown", kernels: String, threads: Int) {
            self.processor = processor
            self.kernels = kernels
            self.threads = threads
            version = layerSkipVersion
        }

        /// The machine in words.
        package var description: String { "\(processor.inMessage), \(kernels.inMessage), \(threads.counted("thread"))" }
    }

    /// Describes a tuning of a model.
    ///
    /// - Parameters:
    ///   - setting: the best exit layer and draft length; nil if plain decoding is as fast.
    ///   - written: the tokens that the model wrote, the most frequent first.
    package init(_ setting: SpeculationSetting?, _ written: [Token], of files: ModelFiles, on machine: Machine) {
        version = Self.version
        model = ModelIdentity(files).lines
        exitLayer = setting?.exitLayer
        draftLength = setting?.draftLength
        self.written = written
        self.machine = machine
    }

    /// The best exit layer and draft length; nil if no drafts by early exit were faster than plain decoding.
    package var setting: SpeculationSetting? {
        guard let exitLayer, let draftLength else { return nil }
        return SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength)
    }
}

extension SavedTuning {
    /// Throws unless the tuning is of these files, was measured on a machine like this one, and can be used with the
    /// model.
    ///
    /// - Parameters:
    ///   - path: the path of its file.
    ///   - kernels: the name of the kernel table that will be used; nil if there is none.
    func check(
        _ files: ModelFiles, kernels: String?, processor: String = Processor.name ?? "unknown", path: String
    ) throws(CheckpointError) {
        func require(_ isValid: Bool, _ name: String, _ expected: String, _ found: String) throws(CheckpointError) {
            guard isValid else { throw CheckpointError(file: path, name: name, expected: expected, found: found) }
        }
        let configuration = files.configuration
        try require(version == Self.version, "version", "\(Self.version)", "\(version)")
        try require(
            model == ModelIdentity(files).lines, "model", "the model's files as they are", "another version of them")
        try require(
            machine.processor == processor, "processor", processor.inMessage, machine.processor.inMessage)
        try require(
            kernels == nil || machine.kernels == kernels, "kernels", kernels ?? "", machine.kernels.inMessage)
        try require(machine.threads >= 1, "threads", "1 or more", "\(machine.threads)")
        try require(
            (exitLayer == nil) == (draftLength == nil), "keys", "exit_layer and draft_length, or neither",
            "one of them")
        if let setting {
            let layers = 1..<max(2, configuration.layerCount)
            try require(
                layers.contains(setting.exitLayer), "exit_layer", "\(layers)", "\(setting.exitLayer)")
            let lengths = 1...SpeculationSetting.maximumDraftLength
            try require(
                lengths.contains(setting.draftLength), "draft_length", "\(lengths)", "\(setting.draftLength)")
        }
        try TokenRanking.check(written, size: configuration.vocabularySize) {
            CheckpointError(file: path, name: "draft_vocabulary", expected: $0, found: $1)
        }
    }
}
