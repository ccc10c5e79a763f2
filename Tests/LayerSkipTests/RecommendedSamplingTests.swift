import CheckpointFiles
import TestSupport
import Testing

@testable import LayerSkip

/// What `generation_config.json` and `general.sampling.*` recommend.
struct RecommendedSamplingTests {
    private func read(_ members: String) throws -> RecommendedSampling {
        RecommendedSampling(try JSONMembers(Array("{\(members)}".utf8), name: "generation_config.json"))
    }

    @Test func valuesApplyAsInTransformers() throws {
        let all = try read(
            """
            "do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.05, "repetition_penalty": 1.05
            """)
        #expect(
            all.sampling
                == Sampling(repetitionPenalty: 1.05, temperature: 0.6, topK: 20, topP: 0.95, minP: 0.05))
        #expect(all.notes == [])
        #expect(try read("\"do_sample\": true").sampling == Sampling(temperature: 1))
        // Only the repetition penalty applies without sampling.
        let greedy = try read("\"do_sample\": false, \"temperature\": 0.6, \"top_p\": 0.9, \"repetition_penalty\": 1.2")
        #expect(greedy.sampling == Sampling(repetitionPenalty: 1.2))
        #expect(try read("\"temperature\": 0.7, \"top_k\": null").sampling == Sampling(temperature: 0.7))
        let odd = try read("\"do_sample\": 1, \"top_p\": 0.9")
        #expect(odd.sampling == Sampling(temperature: 1, topP: 0.9) && odd.notes.count == 1)
        #expect(try read("\"bos_token_id\": 1, \"temperature\": null, \"min_p\": 0.1").sampling == nil)
    }

    @Test func valuesThatAreNotUsedAreSaid() throws {
        let found = try read(
            """
            "do_sample": true, "temperature": -1, "top_p": "0.9", "top_k": 2.5, "typical_p": 1.0, "num_beams": 4, \
            "suppress_tokens": [1], "max_length": 4096
            """)
        #expect(found.sampling == Sampling(temperature: 1))
        #expect(
            found.notes.map { $0.prefix { $0 != " " } } == [
                "top_p", "temperature", "top_k", "num_beams", "suppress_tokens",
            ])
        #expect(found.notes[1] == "temperature is ignored: expected 0 or more, found \"-1.0\"")
    }

    @Test func aGGUFFileRecommendsTheSame() throws {
        var metadata = GGUFMetadata(file: "model.gguf")
        #expect(RecommendedSampling(metadata).sampling == nil)
        metadata["general.sampling.temp"] = .float32(0.6)
        metadata["general.sampling.top_k"] = .int32(20)
        metadata["general.sampling.top_p"] = .float32(0.95)
        metadata["general.sampling.mirostat"] = .int32(1)
        let found = RecommendedSampling(metadata)
        #expect(found.sampling == Sampling(temperature: 0.6, topK: 20, topP: 0.95))
        #expect(found.notes == ["general.sampling.mirostat is not used"])
        var copy = GGUFMetadata(file: "copy.gguf")
        found.write(to: &copy)
        #expect(RecommendedSampling(copy).sampling == found.sampling)
        #expect(RecommendedSampling(found.members).sampling == found.sampling)
        metadata["general.sampling.penalty_repeat"] = .float32(1.1)
        metadata["general.sampling.penalty_last_n"] = .int32(64)
        let penalized = RecommendedSampling(metadata)
        #expect(penalized.sampling == Sampling(repetitionPenalty: 1.1, temperature: 0.6, topK: 20, topP: 0.95))
        #expect(penalized.notes.count == 2 && penalized.notes[1].hasPrefix("general.sampling.penalty_last_n"))
        penalized.write(to: &copy)
        #expect(RecommendedSampling(copy).sampling == penalized.sampling && RecommendedSampling(copy).notes.isEmpty)
        #expect(RecommendedSampling(penalized.members).sampling == penalized.sampling)
        metadata["general.sampling.penalty_last_n"] = nil
        metadata["general.sampling.temp"] = .string("hot")
        #expect(RecommendedSampling(metadata).notes.count == 2)
    }

    @Test func greedyStaysGreedyInAGGUFFile() throws {
        var metadata = GGUFMetadata(file: "model.gguf")
        try read("\"do_sample\": false, \"temperature\": 0.6").write(to: &metadata)
        #expect(RecommendedSampling(metadata).sampling == .greedy)
    }
}
