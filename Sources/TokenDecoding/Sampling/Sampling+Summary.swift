extension Sampling {
    /// The options in words, such as `temperature 0.6, top-p 0.9`, without the seed.
    package var summary: String {
        var parts: [String] = []
        if isGreedy {
            parts.append("greedy")
        } else {
            parts.append("temperature \(temperature)")
            if let candidateLimit { parts.append("top-k \(candidateLimit)") }
            if let nucleus { parts.append("top-p \(nucleus)") }
            if let minP, minP > 0 { parts.append("min-p \(minP)") }
        }
        if repetitionPenalty != 1 { parts.append("repetition penalty \(repetitionPenalty)") }
        return parts.joined(separator: ", ")
    }
}
