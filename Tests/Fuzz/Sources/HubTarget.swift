import ModelHub
import TestSupport

/// The answers of a hub: the input is a list of files, zero, an index of weights, zero, a model's name, zero, headers.
enum HubTarget: FuzzTarget {
    static let name = "hub"

    static func seeds() throws -> [[UInt8]] {
        let sha = String(repeating: "0a", count: 20)
        func entry(_ path: String) -> String {
            #"{"rfilename":"\#(path)","size":7,"blobId":"\#(sha)","lfs":{"sha256":"\#(sha)\#(sha.prefix(24))","size":9}}"#
        }
        func list(_ paths: [String]) -> String {
            #"{"sha":"\#(sha)","gated":false,"siblings":[\#(paths.map(entry).joined(separator: ","))]}"#
        }
        let index = #"{"metadata":{},"weight_map":{"x":"model-1.safetensors","y":"model-2.safetensors"}}"#
        return [
            list([
                "config.json", "tokenizer.json", "model.safetensors.index.json", "model-1.safetensors",
                "model-2.safetensors",
            ])
                + "\0\(index)\0a/b@v1\0bytes 5-9/10",
            list(["m-Q4_K_M.gguf", "x/m-Q8_0-00001-of-00002.gguf", "x/m-Q8_0-00002-of-00002.gguf"])
                + "\0{}\0a/b:Q8_0\0\"api\";r=0;t=57",
            list(["config.json", "model.safetensors", "additional_chat_templates/a.jinja"])
                + "\0[]\0./a:b@c\0W/\"x\"",
        ].map { Array($0.utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let parts = input.parts(4)
        checkHeaders(String(decoding: parts[3], as: UTF8.self))
        let text = String(decoding: parts[2], as: UTF8.self)
        let name = try? HubModelName(text)
        if let name { require("\(name)" == text, "\(name) is \(text)") }
        let place = ModelPlace(text)
        require(place == .path(text) || place == name.map { .hub($0) }, "\(text) is neither")
        let model = try name ?? HubModelName("a/b")
        let listing = try RepositoryListing(Array(parts[0]), of: model.id)
        let paths = listing.files.map(\.path.text)
        for path in paths {
            require(!path.hasPrefix("/") && !path.split(separator: "/").contains(".."), "\(path) leads out")
        }
        let names = try ModelFolderFiles.parts(inIndex: Array(parts[1]), among: paths, of: model)
        require(Set(names).isSubset(of: paths), "\(names) are not listed")
        let choice = try ModelChoice(among: paths, for: model)
        require(!choice.paths.isEmpty && Set(choice.paths).isSubset(of: paths), "\(choice) is not listed")
    }

    private static func checkHeaders(_ text: String) {
        if let start = ResponseHeaders.start(ofRange: text, size: 10) { require((0..<10).contains(start), "\(start)") }
        _ = ResponseHeaders.plain(text)
        if let wait = ResponseHeaders.wait(retryAfter: text, rateLimit: text) { require(wait >= 0, "\(wait)") }
    }
}
