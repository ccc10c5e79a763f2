import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Importance matrices")
struct ImportanceMatrixTests {
    let folder = TemporaryFolder()
    private static let kinds = ["importance.gguf", "importance.dat"]

    /// `llama-imatrix` wrote both files; the numbers are what the Python package gguf reads from the first.
    @Test(arguments: kinds) func filesOfLlamaImatrixAreRead(name: String) throws {
        let matrix = try ImportanceMatrix(path: Goldens.path(name))
        #expect(matrix.names.count == 28 && matrix.names.first == "blk.0.attn_k.weight")
        let expected: [(String, Int, [Float])] = [
            ("blk.0.attn_k.weight", 256, [2.390346050262451, 0.6291980147361755, 0.7408407926559448]),
            ("blk.3.ffn_down.weight", 512, [0.40977954864501953, 0.16570988297462463, 0.6625828146934509]),
        ]
        for (name, columns, values) in expected {
            let found = try #require(matrix[name])
            #expect(found.count == columns)
            for (value, index) in zip(values, [0, 1, columns - 1]) {
                #expect(abs(found[index] - value) < 1e-6 * value, "\(name), column \(index)")
            }
        }
        #expect(matrix["token_embd.weight"] == nil)
    }

    /// The sums and counts of llama.cpp's own GGUF file come back bit by bit.
    @Test func whatIsWrittenIsReadAgain() throws {
        let original = Goldens.path("importance.gguf")
        let path = folder.file("copy.gguf")
        try ImportanceMatrix(path: original).write(to: path)
        let (before, after) = (try GGUFFile(path: original), try GGUFFile(path: path))
        #expect(Set(after.metadata.keys) == Set(before.metadata.keys))
        for key in before.metadata.keys { #expect(after.metadata[key] == before.metadata[key], "\(key)") }
        #expect(Set(after.tensors.map(\.name)) == Set(before.tensors.map(\.name)))
        for info in before.tensors {
            let tensors = (before.tensor(named: info.name), after.tensor(named: info.name))
            #expect(try #require(tensors.0).hasSameContents(as: #require(tensors.1)), "\(info.name)")
        }
    }

    @Test func sumsBecomeMeans() throws {
        let matrix = ImportanceMatrix(
            sums: ["a": ([2, 6, 0], 4), "none": ([0, 0], 0), "zeros": ([0, 0], 5)], dataset: "page.txt", chunkSize: 3)
        let a = try #require(matrix["a"])
        #expect(a[0] == 0.5 && a[1] == 1.5)
        // A quantizer divides by sums of importance, so a column without inputs has some.
        #expect(a[2] > 0 && a[2] < 1e-6)
        #expect(matrix["none"] == [1, 1] && matrix["zeros"] == [1, 1] && matrix["b"] == nil)
        #expect(["a", "b", "none", "zeros"].map(matrix.lacksInputs) == [false, false, true, true])
        let path = folder.file("sums.gguf")
        try matrix.write(to: path)
        let metadata = try GGUFFile(path: path).metadata
        #expect(metadata["imatrix.datasets"] == .array(.strings(["page.txt"])))
        #expect(metadata["imatrix.chunk_count"] == .uint32(2) && metadata["imatrix.chunk_size"] == .uint32(3))
        #expect(try ImportanceMatrix(path: path)["a"] == a)
    }

    private func error(_ bytes: [UInt8]) -> CheckpointError? {
        let path = folder.write(bytes, as: "in")
        return #expect(throws: CheckpointError.self) { try ImportanceMatrix(path: path) }
    }

    /// Any end of the older format is missing something, except after the last entry and at the very end.
    @Test func truncatedFilesAreErrors() throws {
        let bytes = try TextFile.bytes(Goldens.path("importance.dat"))
        let trailer = 4 + 4 + "t.txt".utf8.count
        for count in Array(1..<60) + Array(stride(from: 60, to: bytes.count, by: 997)) + [bytes.count - 1] {
            _ = error(Array(bytes[..<count]))
        }
        let path = folder.write(Array(bytes.dropLast(trailer)), as: "in")
        #expect(try ImportanceMatrix(path: path).names.count == 28)
    }

    @Test func otherKindsOfFilesAreErrors() throws {
        let padding = [UInt8](repeating: 0x20, count: 80)
        for (start, found) in [
            (Array("{\"a\": [1, 2, 3, 4, 5, 6, 7, 8]}".utf8), "JSON"), (Array("PK\u{3}\u{4}".utf8), "a zip archive"),
            ([0x80, 2, 0x8a, 10], "a file in Python's pickle format"),
            (Array("plain text".utf8), "another kind of file"),
            ([70, 0, 0, 0, 0, 0, 0, 0] + Array("{".utf8), "a safetensors file"),
        ] {
            let error = error(start + padding)
            #expect(error?.found == found && error?.expected == "an importance matrix, as llama-imatrix writes it")
        }
        #expect(error([0, 0, 0, 0])?.found == "no entries")
        #expect(try error(TinyLlamaFile().bytes())?.name == "metadata key \"general.type\"")
        #expect(error(Array("version https://git-lfs.github.com/spec/v1\n".utf8))?.found.contains("Git LFS") == true)
    }

    /// A file in the older format whose entries have equal values.
    private func older(_ values: [Float], calls: Int32 = 2, names: [String] = ["a"]) -> [UInt8] {
        var sink = ByteSink()
        sink.append(Int32(names.count))
        for name in names {
            sink.append(Int32(name.utf8.count))
            sink.append(raw: Array(name.utf8))
            sink.append(calls)
            sink.append(Int32(values.count))
            for value in values { sink.append(value) }
        }
        return sink.bytes
    }

    /// The first bytes of such a file are a number. With 123 entries it begins as JSON does, with 128 as a pickle.
    @Test(arguments: [1, 2, 8, 123, 128, 384, 896]) func anyNumberOfEntries(count: Int) throws {
        let names = (0..<count).map { "blk.\($0)" }
        let matrix = try ImportanceMatrix(path: folder.write(older([2, 4], names: names), as: "in"))
        #expect(matrix.names == names.sorted() && names.allSatisfy { matrix[$0] == [1, 2] })
    }

    @Test func bytesAfterTheEndAreErrors() throws {
        let bytes = try TextFile.bytes(Goldens.path("importance.dat"))
        for rest in [[0], [0, 0, 0, 0, 0], [UInt8](repeating: 7, count: 1000)] as [[UInt8]] {
            let error = error(bytes + rest)
            #expect(error?.expected.hasSuffix("after the name of the dataset, at offset \(bytes.count)") == true)
            #expect(error?.found.hasPrefix("\(rest.count) byte") == true)
        }
    }

    @Test func wrongNumbersAreErrors() throws {
        #expect(try ImportanceMatrix(path: folder.write(older([1, 3]), as: "in"))["a"] == [0.5, 1.5])
        #expect(try ImportanceMatrix(path: folder.write(older([1, 3], calls: 0), as: "in"))["a"] == [1, 3])
        #expect(error(older([1, .nan]))?.found == "nan in column 1")
        #expect(error(older([.infinity, 1]))?.found == "inf in column 0")
        #expect(error(older([1, -1]))?.found == "-1.0 in column 1")
        #expect(error(older([1, 2e30]))?.found == "2e+30 in column 1")
        #expect(error(older([1, 1], calls: -1))?.found == "-1 and 2")
        #expect(error(older([1, 1, 1], names: ["a", "a"]))?.found == "another")
        #expect(error(older([]))?.found == "another kind of file")
    }

    @Test func tensorsThatDoNotBelongTogetherAreErrors() throws {
        func error(_ change: (inout GGUFWriter) -> Void) throws -> CheckpointError? {
            var writer = GGUFWriter()
            writer.metadata["general.type"] = .string("imatrix")
            change(&writer)
            return self.error(try writer.bytes())
        }
        func add(_ name: String, _ values: [Float], rows: Int = 1, _ dtype: DType = .f32, to writer: inout GGUFWriter) {
            let shape = rows == 1 ? [values.count] : [rows, values.count / rows]
            writer.add(name, dtype, shape: shape, bytes: dtype.quantize(values))
        }
        #expect(try error { _ in }?.found == "no entries")
        #expect(try error { add("a.in_sum2", [1], to: &$0) }?.expected == "a tensor a.counts with it")
        #expect(try error { add("a.counts", [1], to: &$0) }?.expected == "a tensor a.in_sum2 with it")
        #expect(try error { add("a.weight", [1], to: &$0) }?.name == "tensor \"a.weight\"")
        for (sums, rows, counts, dtype, found) in [
            ([1, 2], 2, [1, 1], .f32, "those of 2, as in a mixture of experts"), ([1, 2], 1, [-1], .f32, "-1.0"),
            ([1, 2], 1, [1, 1], .f32, "2"), ([1, 2], 2, [1], .f32, "1"),
            ([1, 2], 1, [.nan], .f32, "nan"), ([1, 2], 1, [1], .f16, "F16 and F32"),
            ([1, -2], 1, [1], .f32, "-2.0 in column 1"),
        ] as [([Float], Int, [Float], DType, String)] {
            let error = try error {
                add("a.in_sum2", sums, rows: rows, dtype, to: &$0)
                add("a.counts", counts, to: &$0)
            }
            #expect(error?.found == found)
        }
    }
}
