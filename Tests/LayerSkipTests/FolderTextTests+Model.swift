import CheckpointFiles
import LanguageModels
import LayerSkip
import TestSupport
import Testing

/// What a folder recommends, and what has to be assumed about its model.
extension FolderTextTests {
    @Test func aFoldersOriginAndUnknownKeysAreRead() throws {
        let path = try folder(configuration: #""clip_qkv":8,"_name_or_path":"me/layerskip-llama2-7B""#)
        let checkpoint = try Checkpoint(path: path)
        let note = "config.json has a key of unknown meaning, which is ignored: \"clip_qkv\""
        #expect(try CheckpointSummary(checkpoint).assumptions == [note])
        #expect(try TextModel(checkpoint, threads: 1).notes == [note])
        guard case .folder(_, let stated) = checkpoint.files else {
            Issue.record("expected a folder")
            return
        }
        #expect(stated.origin == "\"me/layerskip-llama2-7B\"")
    }

    /// A GGUF file has places for some of a folder's defaults, with which llama.cpp samples, too.
    @Test func theRecommendedSamplingIsKept() throws {
        let path = try folder(
            generation: #""do_sample":true,"temperature":0.6,"top_p":0.9,"top_k":20,"repetition_penalty":1.1,"#
                + #""typical_p":0.9"#)
        let file = try exported(path, to: .gguf)
        #expect(file.notes == ["a GGUF file has no place for the defaults of generation: \"typical_p\""])
        let metadata = try GGUFFile(path: file.path).metadata
        #expect(try metadata.float(named: "general.sampling.temp") == Double(Float(0.6)))
        #expect(try metadata.integer(named: "general.sampling.top_k") == 20)
        let expected = Sampling(repetitionPenalty: 1.1, temperature: 0.6, topK: 20, topP: 0.9)
        #expect(try Checkpoint(path: file.path).recommendedSampling == expected)
        let back = files.file("back")
        #expect(try CheckpointExport(path: file.path, to: .safetensors).write(to: back))
        #expect(try Checkpoint(path: back).recommendedSampling == expected)
        #expect(try JSONMembers(file: back + "/generation_config.json")["top_p"] == "0.9")
    }
}
