import CheckpointFiles
import TensorCore
import TestSupport
import Testing

/// Parts that do not belong together.
@Suite("Parts of other models")
struct ForeignPartTests {
    private let folder = TemporaryFolder()

    /// Writes a part with tensors of one element, and returns its path.
    @discardableResult
    private func write(
        _ number: Int, _ tensors: [String], total: Int, _ change: (inout GGUFMetadata) -> Void = { _ in }
    ) throws -> String {
        var writer = GGUFWriter()
        if number == 1 { writer.metadata["general.architecture"] = .string("llama") }
        writer.metadata["split.no"] = .uint16(UInt16(number - 1))
        writer.metadata["split.count"] = .uint16(2)
        writer.metadata["split.tensors.count"] = .int32(Int32(total))
        change(&writer.metadata)
        for name in tensors { writer.add(name, .f32, shape: [1], bytes: [0, 0, 0, 0]) }
        let path = folder.file("m-0000\(number)-of-00002.gguf")
        try writer.write(to: path)
        return path
    }

    private func error() -> CheckpointError? {
        do throws(CheckpointError) {
            _ = try GGUFFile(path: folder.file("m-00002-of-00002.gguf"))
            return nil
        } catch {
            return error
        }
    }

    @Test func theTensorsMustAddUp() throws {
        let first = try write(1, ["a", "b"], total: 3)
        let second = try write(2, ["c"], total: 3)
        #expect(error() == nil)
        try write(2, ["c", "d"], total: 3)
        #expect(error()?.file == first && error()?.name == "metadata key \"split.tensors.count\"")
        #expect(error()?.expected == "4, the number of tensors in all parts" && error()?.found == "3")
        try write(2, ["c"], total: 4)
        #expect(error()?.file == second && error()?.expected == "3, as in \(first)")
        #expect(error()?.found.hasPrefix("4, so it is a part of another model or another export") == true)
        try write(2, ["b"], total: 3)
        #expect(error()?.file == second && error()?.name == "tensor \"b\"")
        #expect(error()?.found == "it also in \(first)")
    }

    @Test func theKeysMustAgree() throws {
        let first = try write(1, ["a"], total: 2)
        let second = try write(2, ["b"], total: 2) { $0["layerskip.split.id"] = .uint64(7) }
        #expect(error()?.file == second && error()?.name == "metadata key \"layerskip.split.id\"")
        #expect(error()?.expected == "no such key, as in \(first)" && error()?.found.hasPrefix("7, so") == true)
        try write(1, ["a"], total: 2) { $0["layerskip.split.id"] = .uint64(7) }
        #expect(error() == nil)
        try write(1, ["a"], total: 2) { $0["layerskip.split.id"] = .uint64(8) }
        #expect(error()?.expected == "8, as in \(first)")
        try write(1, ["a"], total: 2)
        try write(2, ["b"], total: 2) { $0["general.architecture"] = .string("gemma3") }
        #expect(error()?.found.hasPrefix("\"gemma3\", so") == true)
        try write(2, ["b"], total: 2) { $0["general.architecture"] = .string("llama") }
        #expect(error() == nil)
    }

    /// Values of any type are shown; types only if the values read the same.
    @Test func valuesThatDifferAreShown() throws {
        func difference(_ own: GGUFValue, _ other: GGUFValue) throws -> [String] {
            try write(1, ["a"], total: 2) { $0["general.file_type"] = own }
            try write(2, ["b"], total: 2) { $0["general.file_type"] = other }
            let error = error()
            return [error?.expected, error?.found].map { String($0?.split(separator: ",").first ?? "") }
        }
        #expect(try difference(.uint32(1), .uint32(7)) == ["1", "7"])
        #expect(try difference(.float32(1.5), .bool(true)) == ["1.5", "true"])
        #expect(try difference(.uint32(1), .int32(1)) == ["1 of type uint32", "1 of type int32"])
        #expect(
            try difference(.array(.strings(["a"])), .array(.strings(["b"]))) == ["array of 1 string", "another one"])
    }

    @Test(arguments: ["split.no", "split.tensors.count"]) func theKeysAreRequired(key: String) throws {
        try write(1, ["a"], total: 2)
        try write(2, ["b"], total: 2) { $0[key] = nil }
        #expect(error()?.name == "metadata key \"\(key)\"" && error()?.found == "no such key")
        try write(2, ["b"], total: 2) { $0[key] = .int32(-1) }
        #expect(error()?.name == "metadata key \"\(key)\"" && error()?.found == "-1")
    }

    /// The metadata of both the given part and the first is checked before their tensors.
    @Test func theKindComesFirst() throws {
        try write(1, ["a"], total: 2)
        try write(2, ["b"], total: 9)
        var seen: [[String]] = []
        #expect(throws: CheckpointError.self) {
            _ = try GGUFFile(path: folder.file("m-00002-of-00002.gguf")) { (metadata) throws(CheckpointError) in
                seen.append(metadata.keys.filter { !$0.hasPrefix("split.") })
            }
        }
        #expect(seen == [[], ["general.architecture"]])
    }
}
