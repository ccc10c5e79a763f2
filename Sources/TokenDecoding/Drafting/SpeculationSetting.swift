/// The exit layer and the draft length of self-speculation.
public struct SpeculationSetting: Sendable, Equatable, Codable {
    /// The number of layers that draft, 1 or more.
    public var exitLayer: Int
    /// The number of tokens drafted per round, 0 or more.
    public var draftLength: Int

    /// Creates a setting; the default draft length is the paper's for code and chat.
    public init(exitLayer: Int, draftLength: Int = Self.defaultDraftLength) {
        self.exitLayer = exitLayer
        self.draftLength = draftLength
    }

    /// The draft length unless a model or a caller sets another: the paper's for code and chat.
    public static let defaultDraftLength = 6

    /// The maximum draft length, ten times the paper's. Verification stores the logits of every drafted token, a fifth
    /// of a megabyte each for a vocabulary of 50 thousand, and rejection sampling needs twice that for its
    /// distributions.
    public static let maximumDraftLength = 128

    /// The default exit layer of a model that names none: a quarter of its layers.
    public static func defaultExitLayer(of layerCount: Int) -> Int { max(1, layerCount / 4) }

    /// Throws if the setting is invalid for every model.
    public func validate() throws(GenerationError) {
        try Self.check(exitLayer: exitLayer)
        let lengths = 0...Self.maximumDraftLength
        guard lengths.contains(draftLength) else {
            throw .invalidOption(name: "draft length", expected: "\(lengths)", found: "\(draftLength)")
        }
    }

    /// Throws if no model has such an exit layer.
    package static func check(exitLayer: Int) throws(GenerationError) {
        guard exitLayer >= 1 else {
            throw .invalidOption(name: "exit layer", expected: "1 or more", found: "\(exitLayer)")
        }
    }
}
