import CheckpointFiles
import LanguageModels
import LayerSkip
import LayerSkipDefaultModel
import TestSupport
import Testing

@Suite("Text models")
struct TextModelTests {
    @Test func theSummaryTellsWhatIsInTheFile() throws {
        let model = try TinyModel.shared.get()
        #expect(model.summary.architecture == "llama")
        #expect(model.summary.name == "Tiny random Llama")
        #expect(model.summary.tokenizerModel == "gpt2" && model.summary.preTokenizer == "smollm")
        #expect(model.summary.version == 3)
        #expect(model.summary.tensors.count == 2 + 4 * 9)
        #expect(model.summary.parameterCount == model.summary.tensors.reduce(0) { $0 + $1.byteCount / 4 })
        #expect(model.loadSeconds > 0)
    }

    @Test func aVocabularyLargerThanTheEmbeddingIsAnError() throws {
        var writer = TinyLlamaFile().writer()
        var tokens = try writer.metadata.strings(named: "tokenizer.ggml.tokens")
        tokens.append("<|more|>")
        writer.metadata["tokenizer.ggml.tokens"] = .array(.strings(tokens))
        writer.metadata["tokenizer.ggml.token_type"] = nil
        let error = #expect(throws: CheckpointError.self) { try TinyModel.load(writer) }
        #expect(error?.found == "321")
        #expect(error?.expected.contains("320") == true)
    }

    @Test func tokensBeyondTheVocabularyHaveNoText() throws {
        // A padded embedding may generate ids that the tokenizer does not have.
        var writer = TinyLlamaFile().writer()
        let tokens = try writer.metadata.strings(named: "tokenizer.ggml.tokens")
        writer.metadata["tokenizer.ggml.tokens"] = .array(.strings(Array(tokens.prefix(280))))
        writer.metadata["tokenizer.ggml.token_type"] = nil
        let model = try TinyModel.load(writer)
        let result = try TextSession(model, options: .test(maxTokens: 200, temperature: 5)).generate([5])
        #expect(result.tokens.contains { $0 >= 280 })
        #expect(result.tokens.count == 200)
    }

    @Test func aFileSaysHowItSpeculatesBest() throws {
        #expect(try TinyModel.shared.get().recommendedStrategy == .auto(exitLayers: []))
        func load(_ exitLayer: GGUFValue?, _ draftLength: GGUFValue?) throws -> TextModel {
            var writer = TinyLlamaFile().writer()
            writer.metadata["layerskip.exit_layer"] = exitLayer
            writer.metadata["layerskip.draft_length"] = draftLength
            return try TinyModel.load(writer)
        }
        let expected = DecodingStrategy.auto(exitLayers: [1])
        #expect(try load(.uint32(1), .uint32(5)).recommendedStrategy == expected)
        #expect(try load(.int64(1), .uint8(5)).recommendedStrategy == expected)
        // Drafts by all of the two layers would cost as much as the text.
        #expect(try load(.uint32(2), .uint32(5)).recommendedStrategy == .auto(exitLayers: []))
        for (exitLayer, draftLength, key) in [
            (.uint32(3), .uint32(5), "exit_layer"), (.uint32(0), .uint32(5), "exit_layer"),
            (.uint32(1), .uint32(129), "draft_length"), (.uint32(1), nil, "draft_length"),
            (nil, .uint32(1), "exit_layer"), (.string("1"), .uint32(1), "exit_layer"),
        ] as [(GGUFValue?, GGUFValue?, String)] {
            let error = #expect(throws: CheckpointError.self) { try load(exitLayer, draftLength) }
            #expect("\(try #require(error))".contains("layerskip.\(key)"))
        }
    }

    /// Without a strategy in the options, drafts are chosen by cost.
    @Test func optionsWithoutAStrategyTakeTheModelsOwn() throws {
        let silent = try TinyModel.shared.get()
        var writer = TinyModel.writer()
        writer.metadata["layerskip.exit_layer"] = .uint32(3)
        writer.metadata["layerskip.draft_length"] = .uint32(2)
        let saying = try TinyModel.load(writer)
        let plain = try TextSession(silent, options: .test(.plain)).generate([5])
        let drafted = try TextSession(saying, options: .test(nil)).generate([5])
        #expect(plain.statistics.drafted == 0 && drafted.statistics.drafted > 0)
        #expect(drafted.tokens == plain.tokens)
    }

    @Test func theDefaultModelIsTheFileBesideItsSource() throws {
        let path = "\(Fixtures.repository)/Sources/CDefaultModel/default-model.gguf"
        let checkpoint = try Checkpoint.defaultModel()
        guard case .gguf(let inside, _) = checkpoint.files else {
            Issue.record("expected a GGUF file, found a folder")
            return
        }
        let file = try MappedFile(path: path)
        #expect(inside.files[0].bytes(0..<inside.byteCount) == file.bytes(0..<file.byteCount))
        #expect(checkpoint.path == "the default model")
        #expect(try Checkpoint(path: path).configuration == checkpoint.configuration)
    }

    @Test func theDefaultModelDraftsForItself() throws {
        let model = try TextModel.default(threads: 1)
        let setting = try #require(model.summary.speculation)
        #expect(setting.exitLayer < model.model.layerCount && setting.draftLength > 0)
        let prompt = try model.tokenizer.encode("func fibonacci(_ n: Int) -> Int {")
        let plain = try TextSession(model, options: .test(.plain)).generate(prompt)
        let recommended = try TextSession(model, options: .test(nil)).generate(prompt)
        #expect(recommended.tokens == plain.tokens && plain.tokens.count == 40)
        #expect(plain.statistics.drafted == 0)
        #expect(recommended.statistics.accepted > 0)
        let tokenizer = try Checkpoint.defaultModel().tokenizer()
        #expect(try tokenizer.encode("let x = 1") == model.tokenizer.encode("let x = 1"))
    }

    @Test func anArchitectureThatWeDoNotKnowIsNamed() throws {
        var writer = TinyLlamaFile().writer()
        writer.metadata["general.architecture"] = .string("mamba")
        let error = #expect(throws: (any Error).self) { try TinyModel.load(writer) }
        #expect("\(try #require(error))".contains("mamba"))
    }
}
