import Foundation
import TestSupport

/// The pages of text among the goldens.
enum Pages {
    static var all: [(name: String, text: String)] {
        get throws {
            try ["english.txt", "markdown.md", "swift.txt"].map { name in
                (name, String(decoding: try bytes("pages/" + name), as: UTF8.self))
            }
        }
    }

    /// The bytes of a golden file.
    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: Goldens.path(name))))
    }
}
