/// Collects numbers, strings and metadata values in the layout of GGUF files; the counterpart of ``ByteCursor``.
package struct ByteSink: Sendable {
    /// The bytes collected so far.
    package private(set) var bytes: [UInt8] = []

    /// Creates an empty sink.
    package init() {}

    /// Appends a number's bytes in little-endian order.
    package mutating func append<Number: BitwiseCopyable>(_ number: Number) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// Appends a 64-bit length and the text's UTF-8 bytes.
    package mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends bytes without a length.
    package mutating func append(raw: [UInt8]) {
        bytes.append(contentsOf: raw)
    }

    /// Appends zeros up to a multiple of `alignment`, a power of two.
    package mutating func pad(to alignment: Int) {
        bytes.append(contentsOf: repeatElement(0, count: bytes.count.padding(to: alignment)))
    }

    /// Appends a value without its type.
    package mutating func append(_ value: GGUFValue) {
        switch value {
        case .uint8(let number): append(number)
        case .int8(let number): append(number)
        case .uint16(let number): append(number)
        case .int16(let number): append(number)
        case .uint32(let number): append(number)
        case .int32(let number): append(number)
        case .float32(let number): append(number)
        case .bool(let truth): append(UInt8(truth ? 1 : 0))
        case .string(let text): append(text)
        case .array(let array): append(array)
        case .uint64(let number): append(number)
        case .int64(let number): append(number)
        case .float64(let number): append(number)
        }
    }

    /// Appends the element type, the count and the elements.
    package mutating func append(_ array: GGUFArray) {
        append(array.elementType.rawValue)
        append(UInt64(array.count))
        switch array {
        case .uint8s(let numbers): append(all: numbers)
        case .int8s(let numbers): append(all: numbers)
        case .uint16s(let numbers): append(all: numbers)
        case .int16s(let numbers): append(all: numbers)
        case .uint32s(let numbers): append(all: numbers)
        case .int32s(let numbers): append(all: numbers)
        case .float32s(let numbers): append(all: numbers)
        case .bools(let truths): append(raw: truths.map { $0 ? 1 : 0 })
        case .strings(let texts): texts.forEach { append($0) }
        case .arrays(let arrays): arrays.forEach { append($0) }
        case .uint64s(let numbers): append(all: numbers)
        case .int64s(let numbers): append(all: numbers)
        case .float64s(let numbers): append(all: numbers)
        }
    }

    private mutating func append<Number: BitwiseCopyable>(all numbers: [Number]) {
        numbers.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}
