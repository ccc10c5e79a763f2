/// The version of the library and the command, as in CHANGELOG.md (semantic versioning).
public let layerSkipVersion = "0.2.0"
