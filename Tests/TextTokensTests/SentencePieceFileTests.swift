import Foundation
import TestSupport
import Testing

@testable import TextTokens

/// Models of every supported kind compared with SentencePiece.
struct SentencePieceFileTests {
    private struct Golden: Decodable {
        struct Model: Decodable {
            var model: String
            var normalized: [String]
            var ids: [[Int32]]
            var decoded: [String]

            var bytes: [UInt8] { Array(Data(base64Encoded: model) ?? Data()) }
        }

        var texts: [String]
        var models: [String: Model]
    }

    private let golden: Golden

    init() throws { golden = try Goldens.json("sentencepiece.json") }

    private func model(_ name: String) throws -> Golden.Model { try #require(golden.models[name]) }

    @Test(arguments: [
        "unigram", "unigram-bytes", "unigram-symbols", "unigram-suffix", "unigram-joined", "bpe", "bpe-bytes",
        "bpe-symbols", "bpe-suffix", "bpe-joined",
    ])
    func tokensAreThoseOfSentencePiece(_ name: String) throws {
        #expect(golden.models.count == 10)
        let model = try model(name)
        let definition = try TokenizerDefinition(sentencePiece: model.bytes)
        let normalizer = try Normalizer(try #require(definition.normalizer))
        let tokenizer = try Tokenizer(definition)
        for (index, text) in golden.texts.enumerated() {
            let normalized = try normalizer.normalized(Array(text.utf8))
            #expect(normalized == Array(model.normalized[index].utf8), "\(text.debugDescription)")
            let ids = try tokenizer.encode(text, addingSpecialTokens: false)
            #expect(ids == model.ids[index], "\(text.debugDescription)")
            #expect(tokenizer.decode(ids) == model.decoded[index], "\(text.debugDescription)")
            var stream = StreamingDetokenizer(tokenizer)
            #expect(ids.reduce("") { $0 + stream.append($1) } + stream.finish() == model.decoded[index])
        }
    }

    /// The other files of a folder may add tokens, which are cut out of texts.
    @Test(arguments: ["bpe", "unigram"]) func furtherTokensMayBeAdded(_ name: String) throws {
        let model = try model(name)
        var definition = try TokenizerDefinition(sentencePiece: model.bytes)
        let count = Int32(definition.tokens.count)
        definition.add(
            [], further: [AddedToken(text: "<pad>"), AddedToken(text: "<extra>", isSpecial: false)], rows: .max)
        let tokenizer = try Tokenizer(definition)
        #expect(tokenizer.vocabularySize == Int(count) + 2 && tokenizer.specialToken("<pad>") == count)
        #expect(try tokenizer.encode("<extra>", addingSpecialTokens: false) == [count + 1])
        #expect(try !tokenizer.encode("a<pad>", addingSpecialTokens: false).contains(count))
        for (text, ids) in zip(golden.texts, model.ids) {
            #expect(try tokenizer.encode(text, addingSpecialTokens: false) == ids, "\(text.debugDescription)")
        }
    }

    @Test func aTokenizerFileOfAUnigramModelIsNotExact() throws {
        let definition = try TokenizerDefinition(sentencePiece: try model("unigram").bytes)
        #expect(definition.jsonNotes.count == 1)
        #expect(try TokenizerDefinition(json: definition.json()).jsonNotes == [])
    }

    @Test func controlTokensAreFoundOnRequest() throws {
        let tokenizer = try Tokenizer(TokenizerDefinition(sentencePiece: try model("bpe").bytes))
        #expect(tokenizer.beginningOfText == 1 && tokenizer.endOfText == 2)
        #expect(try !tokenizer.encode("a</s>", addingSpecialTokens: false).contains(2))
        #expect(try tokenizer.encode("a</s>", addingSpecialTokens: false, parsingSpecialTokens: true).last == 2)
    }

    @Test func specialTokensAreFoundByName() throws {
        let definition = try TokenizerDefinition(sentencePiece: try model("bpe-symbols").bytes)
        #expect(definition.padding == 0 && definition.unknown == 3)
        #expect(definition.beginningOfText == nil && definition.endOfText == 2)
    }

    @Test func cutFilesAreRefused() throws {
        let bytes = try model("bpe-symbols").bytes
        var accepted = 0
        for count in bytes.indices {
            // A file may end after any field, but then pieces or settings are missing.
            if (try? TokenizerDefinition(sentencePiece: Array(bytes.prefix(count)))) != nil { accepted += 1 }
        }
        #expect(accepted < 200)
    }

    @Test(arguments: ["unigram-symbols", "bpe"]) func damagedFilesAreRefusedOrHarmless(_ name: String) throws {
        let bytes = try model(name).bytes
        var random = SeededGenerator(seed: 2)
        for place in bytes.indices where Int.random(in: 0..<8, using: &random) < FuzzInputs.count(1) {
            var damaged = bytes
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            do {
                let tokenizer = try Tokenizer(TokenizerDefinition(sentencePiece: damaged))
                let ids = try tokenizer.encode("New York is 10 <sep> ﬁne\u{3000}é", addingSpecialTokens: false)
                #expect(ids.allSatisfy { (0..<tokenizer.vocabularySize).contains(Int($0)) })
            } catch {
                #expect(error.description.utf8.count < 1000)
            }
        }
    }
}
