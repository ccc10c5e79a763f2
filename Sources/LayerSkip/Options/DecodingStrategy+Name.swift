extension DecodingStrategy {
    /// The strategy's name.
    public var name: Name {
        switch self {
        case .auto: .auto
        case .plain: .plain
        case .earlyExit, .approximate: .earlyExit
        case .selfSpeculative: .selfSpeculative
        }
    }
}
