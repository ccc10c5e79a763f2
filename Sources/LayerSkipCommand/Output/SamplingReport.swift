import LayerSkip

/// The sampling that a model's files recommend, as JSON and as text.
struct SamplingReport: Encodable {
    let temperature: Double
    let topK: Nullable<Int>
    let topP: Nullable<Double>
    let minP: Nullable<Double>
    let repetitionPenalty: Double
    let notes: [String]
    private let summary: String

    private enum CodingKeys: CodingKey { case temperature, topK, topP, minP, repetitionPenalty, notes }

    init(_ sampling: Sampling, notes: [String]) {
        temperature = Double("\(sampling.temperature)") ?? 0
        topK = Nullable(sampling.topK)
        topP = Nullable(sampling.topP)
        minP = Nullable(sampling.minP)
        repetitionPenalty = Double("\(sampling.repetitionPenalty)") ?? 1
        self.notes = notes
        summary = sampling.summary
    }

    /// The sampling in words.
    var text: String { ([summary + " (recommended; use --sampling model)"] + notes).joined(separator: "; ") }
}
