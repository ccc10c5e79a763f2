/// The id of a token in a model's vocabulary.
public typealias Token = Int32
