import CheckpointFiles
import LanguageModels
public import TokenDecoding

/// The setting for self-speculation of a checkpoint that the paper's authors published, for a model of its shape.
///
/// No file of these checkpoints states the setting, and models that were not trained to exit early have the same
/// shapes: Llama 2 7B has that of `layerskip-llama2-7B`. Drafting makes such models slower, and changes no text. So the
/// shape only gives the numbers, and the name decides whether a model drafts by default.
public struct PublishedSpeculation: Sendable, Equatable {
    /// The checkpoint's name, such as `layerskip-llama2-7B`.
    public let checkpoint: String
    /// Its exit layer and draft length.
    public let setting: SpeculationSetting
    /// Whether the model has the checkpoint's name as well as its shape.
    public let isNamed: Bool

    /// Finds the published checkpoint with a model's shape; returns nil if there is none.
    ///
    /// - Parameter names: the model's path and the names in its files, one of which may contain the checkpoint's.
    init?(_ model: ModelConfiguration, names: [String]) {
        guard let found = PublishedShape.all.first(where: { $0.matches(model) }) else { return nil }
        checkpoint = found.name
        setting = found.setting
        let name = Self.normalized(found.name)
        isNamed = names.contains { Self.normalized($0).contains(name) }
    }

    /// The parts of a path that name its model: the last one, and a folder of the hub's cache (`models--owner--name`).
    static func names(of path: String) -> [String] {
        func parts(_ path: String) -> [String] { path.split(separator: "/").map { String($0) } }
        let real = parts(Folder.realPath(path) ?? path)
        return parts(path).suffix(1) + real.suffix(1) + real.filter { $0.hasPrefix("models--") }
    }

    /// A name in lower case and with one kind of separator, since converters write `Layerskip Llama2 7B`.
    private static func normalized(_ name: String) -> String {
        String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }
}

/// The shape of a published checkpoint, as far as it tells it from others.
private struct PublishedShape {
    let name: String
    let layers: Int
    let width: Int
    let feedForwardWidth: Int
    let heads: Int
    let keyValueHeads: Int
    let ropeBase: Double
    let exitLayer: Int

    /// The exit layers are those of the paper (arXiv 2404.16710) for Llama 2 7B and 13B, and those of the authors'
    /// benchmark for the others ("Faster Text Generation with Self-Speculative Decoding", Hugging Face's blog, 2024).
    static let all = [
        Self("layerskip-llama2-7B", layers: 32, width: 4096, 11008, heads: 32, 32, ropeBase: 1e4, exitLayer: 8),
        Self("layerskip-llama2-13B", layers: 40, width: 5120, 13824, heads: 40, 40, ropeBase: 1e4, exitLayer: 15),
        Self("layerskip-llama2-70B", layers: 80, width: 8192, 28672, heads: 64, 8, ropeBase: 1e4, exitLayer: 10),
        Self("layerskip-codellama-7B", layers: 32, width: 4096, 11008, heads: 32, 32, ropeBase: 1e6, exitLayer: 4),
        Self("layerskip-codellama-34B", layers: 48, width: 8192, 22016, heads: 64, 8, ropeBase: 1e6, exitLayer: 8),
        Self("layerskip-llama3-8B", layers: 32, width: 4096, 14336, heads: 32, 8, ropeBase: 5e5, exitLayer: 4),
        Self("layerskip-llama3.2-1B", layers: 16, width: 2048, 8192, heads: 32, 8, ropeBase: 5e5, exitLayer: 4),
    ]

    init(
        _ name: String, layers: Int, width: Int, _ feedForwardWidth: Int, heads: Int, _ keyValueHeads: Int,
        ropeBase: Double, exitLayer: Int
    ) {
        self.name = name
        self.layers = layers
        self.width = width
        self.feedForwardWidth = feedForwardWidth
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.ropeBase = ropeBase
        self.exitLayer = exitLayer
    }

    /// The authors draft 6 tokens for code and continuations, and 12 for summaries.
    var setting: SpeculationSetting { SpeculationSetting(exitLayer: exitLayer, draftLength: 6) }

    func matches(_ model: ModelConfiguration) -> Bool {
        model.architecture == .llama && model.layerCount == layers && model.width == width
            && model.feedForwardWidth == feedForwardWidth && model.attention.heads == heads
            && model.attention.keyValueHeads == keyValueHeads && model.rope.base == ropeBase
    }
}
