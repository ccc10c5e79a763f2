import Foundation
import LayerSkip
import TestSupport
import Testing

@Suite("Opened checkpoints")
struct CheckpointTests {
    private let files = TemporaryFolder()

    /// A model folder with every file that is read.
    private func folder() throws -> String {
        try TinyLlamaFile().write(to: files.file("model.gguf"))
        let export = try CheckpointExport(path: files.file("model.gguf"), to: .safetensors)
        #expect(try export.write(to: files.file("model")))
        for (name, text) in [
            ("special_tokens_map.json", #"{"eos_token":"<|im_end|>"}"#), ("added_tokens.json", "{}"),
            ("chat_template.jinja", "{{ messages }}"),
        ] {
            files.write(Array(text.utf8), as: "model/" + name)
        }
        return files.file("model")
    }

    #if os(Linux)
        @Test func loadingOpensEachFileOnce() throws {
            let path = try folder()
            let watch = FolderWatch(path)
            _ = try TextModel(path: path, threads: 1)
            let opened = watch.opened
            let expected = [
                "added_tokens.json", "chat_template.jinja", "config.json", "generation_config.json",
                "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json",
            ]
            #expect(opened.sorted() == expected)
        }

        @Test func exportingOpensEachFileOnce() throws {
            let path = try folder()
            let watch = FolderWatch(path)
            let export = try CheckpointExport(path: path, to: .gguf)
            #expect(export.notes.count == 0)
            #expect(try export.write(to: files.file("again.gguf")))
            let counts = Dictionary(grouping: watch.opened) { $0 }.mapValues(\.count)
            #expect(counts.count == 8 && counts.values.allSatisfy { $0 == 1 }, "\(counts)")
        }

        @Test func aTokenizersFileIsOpenedOnce() throws {
            let path = try folder() + "/tokenizer.json"
            let alone = files.makeFolder("alone")
            try FileManager.default.copyItem(atPath: path, toPath: alone + "/tokenizer.json")
            let watch = FolderWatch(alone)
            _ = try Tokenizer(ofFile: alone + "/tokenizer.json")
            #expect(watch.opened == ["tokenizer.json"])
        }
    #endif

    @Test func oneValueServesAll() throws {
        let checkpoint = try Checkpoint(path: folder())
        #expect(checkpoint.chatTemplate == "{{ messages }}" && checkpoint.configuration.layerCount == 2)
        // Nothing is read by path again, so an opened checkpoint survives the removal of its folder.
        try FileManager.default.removeItem(atPath: checkpoint.path)
        #expect(try CheckpointSummary(checkpoint).notes == [])
        let model = try TextModel(checkpoint, on: ComputeContext(threads: 1))
        #expect(model.tokenizer.endOfText == 2)
        #expect(try CheckpointExport(checkpoint, to: .gguf).write(to: files.file("again.gguf")))
        let again = try TextModel(path: files.file("again.gguf"), threads: 1)
        #expect(again.summary.parameterCount == model.summary.parameterCount)
    }

    @Test func aBrokenTokenizerHidesNoWeights() throws {
        let path = try folder()
        files.write(Array("{}".utf8), as: "model/tokenizer.json")
        let checkpoint = try Checkpoint(path: path)
        let summary = try CheckpointSummary(checkpoint)
        #expect(summary.tensors.count > 0 && summary.notes.count == 1 && summary.notes[0].hasPrefix("not usable: "))
        #expect(throws: CheckpointError.self) { try TextModel(checkpoint, on: ComputeContext(threads: 1)) }
    }
}

#if os(Linux)
    /// A watch on which of a folder's files are opened, by inotify.
    private final class FolderWatch {
        private let descriptor: Int32

        init(_ path: String) {
            descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            let watch = inotify_add_watch(descriptor, path, UInt32(IN_OPEN))
            precondition(descriptor >= 0 && watch >= 0, "no watch on \(path)")
        }

        deinit { close(descriptor) }

        /// The names of the files opened since the last call, in order.
        var opened: [String] {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            var names: [String] = []
            while case let count = read(descriptor, &bytes, bytes.count), count > 0 {
                var start = 0
                // Watch, mask, cookie and length of the name, 32 bits each; then the name, padded with zeros.
                while start < count {
                    let (mask, length) = bytes.withUnsafeBytes {
                        (
                            $0.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self),
                            Int($0.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
                        )
                    }
                    let name = bytes[start + 16..<start + 16 + length].prefix { $0 != 0 }
                    if mask & UInt32(IN_ISDIR) == 0 { names.append(String(decoding: name, as: UTF8.self)) }
                    start += 16 + length
                }
            }
            return names
        }
    }
#endif
