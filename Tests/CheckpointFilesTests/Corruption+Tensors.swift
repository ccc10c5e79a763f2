import CheckpointFiles

extension Corruption {
    static let inTensors: [Corruption] =
        [
            Corruption("no dimensions", "tensor \"t\": expected 1 to 4 dimensions, found 0") { $0.tensor("t", []) },
            Corruption("five dimensions", "tensor \"t\": expected 1 to 4 dimensions, found 5") {
                $0.tensor("t", [1, 1, 1, 1, 1])
            },
            Corruption("zero dimension", "tensor \"t\": expected dimensions in 1...\(Int.max), found 0") {
                $0.tensor("t", [4, 0])
            },
            Corruption("huge dimension", "tensor \"t\": expected dimensions in 1...\(Int.max), found \(UInt64.max)") {
                $0.tensor("t", [.max])
            },
            Corruption(
                "overflow", "tensor \"t\": expected a size that fits 63 bits, found shape [4294967296, 4294967296]"
            ) { $0.tensor("t", [1 << 32, 1 << 32]) },
            Corruption(
                "wraps to zero", "tensor \"t\": expected a size that fits 63 bits, found shape [2, 4611686018427387904]"
            ) { $0.tensor("t", [1 << 62, 2]) },
            Corruption(
                "row of partial blocks",
                "tensor \"t\": expected rows of a multiple of 32 elements, as Q4_0 needs, found shape [32, 33]"
            ) { $0.tensor("t", [33, 32], type: 2) },
            Corruption("duplicate name", "tensor \"t\": expected a unique name, found a duplicate") {
                $0.tensor("t", [4])
                $0.tensor("t", [4], offset: 32)
                $0.dataCount = 64
            },
            Corruption("misaligned", "tensor \"t\": expected an offset that is a multiple of 32, found 16") {
                $0.tensor("t", [4], offset: 16)
                $0.dataCount = 64
            },
            Corruption(
                "misaligned for its file", "tensor \"t\": expected an offset that is a multiple of 128, found 64"
            ) {
                $0.set("general.alignment", type: 4) { $0.append(UInt32(128)) }
                $0.tensor("t", [4], offset: 64)
                $0.alignment = 128
                $0.dataCount = 256
            },
            Corruption("offset of 2^63", "tensor \"t\": expected an offset within the file, found 9223372036854775808")
            {
                $0.tensor("t", [4], offset: 1 << 63)
            },
            Corruption(
                "offset near 2^63", "tensor \"t\": expected an offset within the file, found 9223372036854775776"
            ) { $0.tensor("t", [16], offset: 1 << 63 - 32) },
            Corruption(
                "beyond the end", "tensor \"t\": expected bytes within the file's 64 bytes of data, found bytes 32..<68"
            ) {
                $0.tensor("t", [9], offset: 32)
                $0.dataCount = 64
            },
            Corruption(
                "end overflows",
                "tensor \"t\": expected bytes within the file's 0 bytes of data, "
                    + "found bytes 9223372036854775744..<9223372036854775760"
            ) { $0.tensor("t", [4], offset: 1 << 63 - 64) },
            Corruption("overlap", "tensor \"b\": expected bytes of its own, found bytes shared with tensor \"a\"") {
                $0.tensor("b", [4], offset: 32)
                $0.tensor("a", [12], offset: 0)
                $0.dataCount = 64
            },
            Corruption("name UTF-8", "name of tensor number 0: expected valid UTF-8, found \"\u{FFFD}\"") {
                $0.tensor("t", [4])
                $0.tensors[0][8] = 0xFF
            },
            Corruption("long name", "name of tensor number 0: expected a length of at most 1024 bytes, found 1025") {
                $0.tensor(String(repeating: "n", count: 1025), [4])
            },
        ]
        + [
            (16, "IQ2_XXS"), (26, "I32"), (34, "TQ1_0"), (4, "type number 4"), (1000, "type number 1000"),
            (UInt32.max, "type number 4294967295"),
        ].map { number, name in
            let formats = """
                F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q6_K, Q5_K, Q4_K, Q3_K, Q2_K, IQ4_NL, IQ4_XS, MXFP4
                """
            return Corruption(name, "tensor \"t\": expected one of the types \(formats), found \(name)") {
                $0.tensor("t", [32], type: number)
            }
        }
}
