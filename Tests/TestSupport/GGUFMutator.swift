/// Damages a valid file in ways that a hostile or broken file may be damaged; equal seeds give equal damage.
///
/// Most of the damage is at the beginning, where a file states the sizes of its parts.
package struct GGUFMutator {
    private let valid: [UInt8]
    private let headerCount: Int
    private let lengthFields: [Int]
    private var random: SeededGenerator

    /// Creates a mutator.
    ///
    /// - Parameters:
    ///   - valid: the bytes of a valid file.
    ///   - headerCount: the number of bytes before the tensors' data.
    ///   - seed: determines all damage.
    package init(_ valid: [UInt8], headerCount: Int, seed: UInt64) {
        precondition(headerCount >= 16 && headerCount <= valid.count)
        self.valid = valid
        self.headerCount = headerCount
        random = SeededGenerator(seed: seed)
        // A small 64-bit number is probably a length, a count, a dimension or an offset.
        lengthFields = (0...headerCount - 8).filter { (1...1 << 20).contains(Self.read(valid, at: $0)) }
    }

    /// The valid file with one to four random changes.
    package mutating func next() -> [UInt8] {
        var bytes = valid
        for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count >= 16 {
            damage(&bytes)
        }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: bytes[position(bytes)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes[position(bytes)] = extremeByte()
        case 3, 4, 5:
            let field = lengthFields.randomElement(using: &random) ?? 8
            write(extremeLength(at: field), to: field, in: &bytes)
        case 6: write(extremeLength(at: 0), to: position(bytes), in: &bytes)
        case 7: bytes.removeLast(bytes.count - position(bytes))
        case 8:
            let start = position(bytes)
            bytes.removeSubrange(start..<min(bytes.count, start + chunkLength()))
        default:
            let start = position(bytes)
            let chunk = Array(bytes[start..<min(bytes.count, start + chunkLength())])
            bytes.insert(contentsOf: chunk, at: Bool.random(using: &random) ? start : position(bytes))
        }
    }

    private mutating func position(_ bytes: [UInt8]) -> Int {
        let anywhere = Int.random(in: 0..<8, using: &random) == 0
        return Int.random(in: 0..<(anywhere ? bytes.count : min(bytes.count, headerCount)), using: &random)
    }

    private mutating func chunkLength() -> Int {
        [1, 4, 8, 12, Int.random(in: 1...256, using: &random)].randomElement(using: &random) ?? 1
    }

    private mutating func extremeByte() -> UInt8 {
        [0, 1, 9, 0x7F, 0x80, 0xC0, 0xFF].randomElement(using: &random) ?? 0
    }

    private mutating func extremeLength(at field: Int) -> UInt64 {
        let old = Self.read(valid, at: field)
        let extremes: [UInt64] = [
            0, 1, old &- 1, old &+ 1, old &* 2, .max, .max - 1, .max - 7, 1 << 63, 1 << 63 - 1, 1 << 62, 1 << 61,
            1 << 60, 1 << 32, 1 << 32 - 1, 1 << 31, 1 << 31 - 1, 0xFFFF, 0x1_0000, UInt64(valid.count),
            UInt64(valid.count - headerCount), random.next(),
        ]
        return extremes.randomElement(using: &random) ?? 0
    }

    private func write(_ value: UInt64, to offset: Int, in bytes: inout [UInt8]) {
        for index in 0..<8 where offset + index < bytes.count {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
        }
    }

    private static func read(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
    }
}
