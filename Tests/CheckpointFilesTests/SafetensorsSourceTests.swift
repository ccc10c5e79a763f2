import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Weights in several safetensors files")
struct SafetensorsSourceTests {
    let folder = TemporaryFolder()

    init() throws {
        for (file, names) in [("a", ["x", "y"]), ("b", ["z"])] {
            var writer = SafetensorsWriter()
            for name in names {
                let tensor = StoredTensor(name: "", dtype: .f32, shape: [1], bytes: Array(name.utf8) + [0, 0, 0])
                writer.add(name, .f32, shape: [1]) { tensor }
            }
            try writer.write(to: folder.file("\(file).safetensors"))
        }
    }

    private func source(_ index: String) throws -> SafetensorsSource {
        try SafetensorsSource(index: folder.write(Array(index.utf8), as: "index.json"))
    }

    private func complaint(about index: String) -> String? {
        do {
            _ = try source(index)
            return nil
        } catch {
            return "\(error)".split(separator: "/").last.map { String($0) }
        }
    }

    private func index(_ places: String) -> String { "{\"metadata\":{\"total_size\":12},\"weight_map\":{\(places)}}" }

    @Test func eachIsFoundInItsFile() throws {
        let places = "\"z\":\"b.safetensors\",\"x\":\"a.safetensors\",\"y\":\"a.safetensors\""
        let source = try source(index(places))
        #expect(source.ropePairing == .halfSplit)
        #expect(source.tensors.map(\.name) == ["x", "y", "z"] && source.missing == [:])
        for name in ["x", "y", "z"] {
            #expect(source.contains(name))
            let tensor = try source.tensor(named: name, shape: [1])
            #expect(tensor.withBytes { $0.withUnsafeBytes { $0[0] } } == name.utf8.first)
        }
        #expect(!source.contains("w") && !source.without("x").contains("x") && source.without("x").contains("y"))
        let missing = #expect(throws: CheckpointError.self) { try source.tensor(named: "w", shape: [1]) }
        #expect(missing?.name == "tensor \"w\"" && missing?.found == "no such tensor")
        let wrong = #expect(throws: CheckpointError.self) { try source.tensor(named: "z", shape: [1, 1]) }
        #expect(wrong?.file == folder.file("b.safetensors") && wrong?.found == "[1]")
    }

    @Test func indicesThatAreWrong() {
        #expect(
            complaint(about: index("\"x\":\"b.safetensors\",\"y\":\"a.safetensors\""))
                == "index.json: tensor \"x\": expected it in \"b.safetensors\", found it in \"a.safetensors\"")
        #expect(
            complaint(about: index("\"x\":\"c.safetensors\""))
                == "c.safetensors: expected a readable file, found No such file or directory")
        for name in ["../a.safetensors", "/etc/passwd", "a.safetensors/", "index.json", "", "a.bin"] {
            let error = #expect(throws: CheckpointError.self) { try source(index("\"x\":\"\(name)\"")) }
            #expect(error?.name == "key \"weight_map\"", "\(name)")
        }
        #expect(complaint(about: "{}") == "index.json: key \"weight_map\": expected a value, found no such key")
        #expect(
            complaint(about: "{\"weight_map\":[]}")
                == "index.json: key \"weight_map\": expected an object, found an array")
    }

    @Test func entriesOfUnneededTensorsAreTolerated() throws {
        let source = try source(index("\"z\":\"b.safetensors\",\"w\":\"b.safetensors\""))
        #expect(source.missing == ["w": "b.safetensors"] && !source.contains("w") && source.contains("z"))
        let error = #expect(throws: CheckpointError.self) { try source.tensor(named: "w", shape: [1]) }
        #expect(error?.expected == "it in \"b.safetensors\"" && error?.found == "no such tensor there")
        // A tensor of a file that the index does not name.
        #expect(try self.source(index("\"x\":\"b.safetensors\"")).missing == ["x": "b.safetensors"])
    }

    @Test func aNameInTwoFilesIsAnError() throws {
        folder.write(try TextFile.bytes(folder.file("a.safetensors")), as: "copy.safetensors")
        let places = "\"x\":\"a.safetensors\",\"y\":\"copy.safetensors\""
        #expect(
            complaint(about: index(places))
                == "index.json: tensor \"x\": expected it in one file only, found it also in \"copy.safetensors\"")
    }
}
