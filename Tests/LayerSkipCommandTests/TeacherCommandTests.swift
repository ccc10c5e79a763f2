import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("train with a teacher")
struct TeacherCommandTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

    private func arguments(_ teacher: String) -> [String] {
        ["exits.target=model", "exits.last_target=teacher", "exits.teacher=\(teacher)"]
    }

    @Test func runsResumeToTheSameBits() throws {
        // The teacher is the first stage's model.
        #expect(try files.train("first", "seed=2").code == 0)
        let teacher = files.output("first") + "/newest"
        for run in ["whole", "parts"] {
            let result = try files.train(run, arguments(teacher))
            #expect(result.code == 0, "\(result.errors)")
            #expect(!result.errors.contains("note: exits"))
        }
        #expect(try files.script("rm -r \"$RUN/checkpoints/step-6\"", "parts").code == 0)
        // The same weights at another place.
        #expect(try files.script("cp -rL \"$RUN/newest\" \"$RUN/../moved\"", "first").code == 0)
        #expect(try files.train("parts", arguments(files.output("moved"))).code == 0)
        try files.expectSameBits("whole", "parts")
        // Another teacher gives other weights, and is refused.
        #expect(try files.train("other", arguments(files.model)).code == 0)
        let names = ["whole", "other"].map { files.output($0) + "/newest/model.safetensors" }
        #expect(try Data(contentsOf: URL(filePath: names[0])) != Data(contentsOf: URL(filePath: names[1])))
        let refused = try files.train("parts", arguments(files.model))
        #expect(
            refused.errors.contains("exits.teacher: expected the teacher that the run began with, one of hash "),
            "\(refused.errors)")
        let missing = try files.train("parts", "exits.target=model")
        #expect(missing.errors.hasSuffix(" (for another, use another output), found none\n"), "\(missing.errors)")
    }

    @Test func theEstimateCountsTheTeacher() throws {
        let run = try files.train("a", arguments(files.model) + ["--dry-run"])
        #expect(run.output.contains(", and the teacher's weights "), "\(run.output) \(run.errors)")
        #expect(try !files.train("a", "--dry-run").output.contains("teacher"))
    }

    @Test func teachersThatDoNotFitAreRefused() throws {
        func errors(_ arguments: String...) throws -> String {
            let run = try files.train("a", arguments + ["exits.target=model", "--dry-run"])
            #expect(run.code == 1)
            return run.errors
        }
        #expect(try errors("exits.teacher=random").contains("exits.teacher: expected a trained model, found random"))
        #expect(try errors("exits.last_target=teacher").contains("since exits.last_target is teacher, found nothing"))
        #expect(
            try errors("exits.teacher=default").contains(
                "exits.teacher: expected a model with the tokenizer of the model in training, found another tokenizer"))
        #expect(try errors("exits.teacher=none.gguf").contains("none.gguf: expected"))
    }

    @Test func teachersWithoutEffectAreSaid() throws {
        let run = try files.train("a", "exits.teacher=\(files.model)", "--dry-run")
        #expect(
            run.errors.hasSuffix(
                "note: exits.teacher: no effect, since exits.target is text or trains no early exit, "
                    + "and exits.last_target is text\n"), "\(run.errors)")
    }
}
