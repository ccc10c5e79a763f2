import CommandTesting
import Foundation
import LayerSkip
import Testing

/// Training that starts from random weights and the tokenizer of another model.
@Suite("train from random weights")
struct RandomStartTests {
    @Test func checkpointsHaveTheChatTemplateOfTheTokenizer() throws {
        let files = try TrainingFiles()
        #expect(try files.train("other", "steps=2").code == 0)
        let other = files.output("other") + "/newest"
        let template = "{% for message in messages %}{{ message.content }}{% endfor %}"
        try Data(template.utf8).write(to: URL(filePath: other + "/chat_template.jinja"))
        let trained = try files.train(
            "run", "model.start=random", "model.tokenizer=\(other)/tokenizer.json", "model.layers=4", "model.width=8",
            "model.heads=2", "model.feed_forward=16", "steps=2")
        #expect(trained.code == 0, "\(trained.errors)")
        #expect(try Checkpoint(path: files.output("run") + "/newest").chatTemplate == template)
    }
}
