import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Tensors in formats that are only shown")
struct OtherFormatTests {
    private let folder = TemporaryFolder()

    /// Bits per weight as llama.cpp's documentation of `llama-quantize` and its README give them.
    @Test(
        arguments: [
            (16, "IQ2_XXS", 2.0625), (17, "IQ2_XS", 2.3125), (18, "IQ3_XXS", 3.0625), (19, "IQ1_S", 1.5625),
            (21, "IQ3_S", 3.4375), (22, "IQ2_S", 2.5625), (26, "I32", 32), (29, "IQ1_M", 1.75), (34, "TQ1_0", 1.6875),
            (35, "TQ2_0", 2.0625),
        ] as [(UInt32, String, Double)]) func everyFormatOfGGMLIsShown(number: UInt32, name: String, bits: Double)
        throws
    {
        var file = RawGGUF()
        file.tensor("t", [512, 3], type: number)
        file.dataCount = Int(bits * 512 * 3 / 8)
        let path = folder.write(file.bytes, as: "model.gguf")
        let tensor = try #require(GGUFHeader(path: path).tensors.first)
        #expect(tensor.name == "t" && tensor.format == name && tensor.shape == [3, 512] && tensor.dtype == nil)
        #expect(tensor.byteCount == file.dataCount)
        let error = #expect(throws: CheckpointError.self) { try GGUFFile(path: path) }
        #expect(error?.found == name)
        // One byte less does not hold the tensor.
        file.dataCount -= 1
        #expect(throws: CheckpointError.self) { try GGUFHeader(path: folder.write(file.bytes, as: "model.gguf")) }
    }

    /// The formats that are read have the bits per weight that llama.cpp gives.
    @Test(
        arguments: [
            (.q4_0, 4.5), (.q4_1, 5), (.q5_0, 5.5), (.q5_1, 6), (.q8_0, 8.5), (.q2_K, 2.625), (.q3_K, 3.4375),
            (.q4_K, 4.5), (.q5_K, 5.5), (.q6_K, 6.5625), (.iq4_NL, 4.5), (.iq4_XS, 4.25), (.mxfp4, 4.25),
        ] as [(DType, Double)]) func formatsThatAreRead(dtype: DType, bits: Double)
    {
        #expect(dtype.bitsPerElement == bits)
    }

    @Test func formatsThatGGMLDoesNotHaveAreErrors() {
        for number in [4, 36, 1000, UInt32.max] {
            var file = RawGGUF()
            file.tensor("t", [32], type: number)
            let path = folder.write(file.bytes, as: "model.gguf")
            #expect(throws: CheckpointError.self) { try GGUFHeader(path: path) }
        }
    }

    /// A caller sees the metadata before an error in the tensors.
    @Test func metadataIsCheckedFirst() {
        var file = RawGGUF()
        file.set("general.architecture", type: 8) { $0.append("x") }
        file.tensor("t", [32], type: 1000)
        let path = folder.write(file.bytes, as: "model.gguf")
        let error = #expect(throws: CheckpointError.self) {
            try GGUFFile(path: path) { (metadata) throws(CheckpointError) in
                throw metadata.failure("general.architecture", expected: "another", found: "this")
            }
        }
        #expect(error?.expected == "another")
    }

    @Test func everyFormatOfSafetensorsIsShown() throws {
        let entries = [
            RawSafetensors.entry("mask", dtype: "BOOL", "[1,1,2,2]", "0", "4"),
            RawSafetensors.entry("scale", dtype: "F32", "[]", "4", "8"),
            RawSafetensors.entry("packed", dtype: "I32", "[2]", "8", "16"),
            RawSafetensors.entry("float8", dtype: "F8_E4M3", "[2,2]", "16", "20"),
            RawSafetensors.entry("float4", dtype: "F4", "[2,4]", "20", "24"),
            // Without elements, and named after the tensor that begins at the same place.
            RawSafetensors.entry("z", dtype: "I64", "[0]", "8", "8"),
            RawSafetensors.entry("weight", dtype: "F16", "[2]", "24", "28"),
        ]
        let bytes = RawSafetensors(header: "{\(entries.joined(separator: ","))}", dataCount: 28).bytes
        let file = try SafetensorsFile(path: folder.write(bytes, as: "model.safetensors"))
        #expect(file.tensors.map(\.name) == ["mask", "scale", "z", "packed", "float8", "float4", "weight"])
        #expect(file.tensors.map(\.listed.format) == ["BOOL", "F32", "I64", "I32", "F8_E4M3", "F4", "F16"])
        #expect(file.tensors.map(\.range.count) == [4, 4, 0, 8, 4, 4, 4])
        for tensor in file.tensors {
            let isWeight = tensor.name == "weight"
            #expect((tensor.dtype != nil) == isWeight && (file.tensor(named: tensor.name) != nil) == isWeight)
        }
        let source = SafetensorsSource(file)
        let error = #expect(throws: CheckpointError.self) { try source.tensor(named: "packed", shape: [2]) }
        #expect(error?.expected == "one of the types F32, F16, BF16" && error?.found == "I32")
        let scalar = #expect(throws: CheckpointError.self) { try source.tensor(named: "scale", shape: [1]) }
        #expect(scalar?.found == "[]")
        #expect(try source.tensor(named: "weight", shape: [2]).dtype == .f16)
    }

    @Test(arguments: [
        ("PK\u{3}\u{4}archive/data.pkl", "PyTorch's pickle format; convert it to safetensors in Python"),
        ("{\"model_type\": \"llama\"}", "JSON; pass the model's folder"),
        ("version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer in place of the file"),
        ("\u{2}\0\0\0\0\0\0\0{}", "a safetensors file; pass the model's folder"),
        ("something", "\"some\""),
    ]) func otherFilesAreNamed(content: String, found: String) {
        let path = folder.write(Array(content.utf8), as: "model.gguf")
        let error = #expect(throws: CheckpointError.self) { try GGUFFile(path: path) }
        #expect(error?.expected == "GGUF" && error?.found.hasPrefix(found) == true, "\(error as Any)")
    }

    @Test func olderPicklesAndPointersAreNamed() {
        let pickle = #expect(throws: CheckpointError.self) {
            try GGUFFile(path: folder.write([0x80, 2, 0x8A, 0x0A], as: "model.gguf"))
        }
        #expect(pickle?.found.hasPrefix("PyTorch's pickle format") == true)
        let pointer = #expect(throws: CheckpointError.self) {
            try SafetensorsFile(
                path: folder.write(Array("version https://git-lfs.github.com/spec/v1\n".utf8), as: "m.safetensors"))
        }
        #expect(pointer?.found.hasPrefix("a Git LFS pointer") == true)
    }
}
