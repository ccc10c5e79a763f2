import CUnicodeTables

/// Unicode's data for normalization, in the version that Hugging Face's tokenizers use (9.0.0).
///
/// Characters that later versions added have no decomposition here, and are not combining marks.
struct UnicodeData: Sendable {
    /// The table, read when the first character beyond ASCII is normalized (some 10 ms).
    static let shared = unsafe UnicodeData(
        marks: Array(UnsafeBufferPointer(start: cut_marks(), count: cut_marks_byte_count())),
        decompositions: Array(
            UnsafeBufferPointer(start: cut_decompositions(), count: cut_decompositions_byte_count())))

    /// A character's properties.
    struct Properties {
        fileprivate var bits: UInt32 = 0

        /// The canonical combining class: 0 for characters that begin a sequence.
        var combiningClass: UInt8 { UInt8(truncatingIfNeeded: bits) }
        /// Whether the general category is Mark.
        var isMark: Bool { bits & Self.mark != 0 }
        /// Whether the character may change in a form, alone or together with what precedes it.
        func mayChange(_ form: NormalizationForm) -> Bool { bits & Self.mayChange(form) != 0 }

        fileprivate static let mark: UInt32 = 1 << 8
        fileprivate static func mayChange(_ form: NormalizationForm) -> UInt32 { 1 << (9 + form.rawValue) }
        /// The character's place in the list of decompositions, plus one; 0 if it has none.
        fileprivate var decomposition: Int {
            get { Int(bits >> 16) }
            set { bits = bits & 0xFFFF | UInt32(newValue) << 16 }
        }
    }

    private struct Decomposition {
        var canonical: [UInt32] = []
        var compatible: [UInt32] = []
    }

    /// The properties of each character, in pages of 128; all pages without content are the first.
    private var pages = [UInt16](repeating: 0, count: 0x11_0000 / 128)
    private var properties = [Properties](repeating: Properties(), count: 128)
    private var decompositions: [Decomposition] = []
    private var compositions = PairTable(minimumCapacity: 1000)

    /// The properties of a code point up to U+10FFFF.
    @inline(__always)
    func find(_ codePoint: UInt32) -> Properties {
        properties[Int(pages[Int(codePoint >> 7)]) << 7 | Int(codePoint & 127)]
    }

    /// Appends a character's full decomposition.
    func appendDecomposition(of codePoint: UInt32, _ form: NormalizationForm, to result: inout [UInt32]) {
        let place = find(codePoint).decomposition
        if place > 0 {
            let decomposition = decompositions[place - 1]
            result += form.isCompatible ? decomposition.compatible : decomposition.canonical
        } else if let syllable = HangulSyllable(codePoint) {
            syllable.appendParts(to: &result)
        } else {
            result.append(codePoint)
        }
    }

    /// The character that two characters compose to; nil if there is none.
    func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        let found = compositions.find(Int32(bitPattern: first), Int32(bitPattern: second))
        return found.rank == PairTable.absent ? HangulSyllable.composed(first, second) : UInt32(found.merged)
    }
}

extension UnicodeData {
    /// A line of the list of decompositions.
    private typealias Mapping = (codePoint: UInt32, sign: UInt8, parts: [UInt32])

    private init(marks: [UInt8], decompositions lines: [UInt8]) {
        for line in marks.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            let combiningClass = Self.number(fields[2], radix: 10)
            for codePoint in Self.number(fields[0])...Self.number(fields[1]) {
                change(codePoint) { $0.bits |= Properties.mark | combiningClass }
            }
        }
        var mappings: [Mapping] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard let sign = line.firstIndex(where: { !Self.isDigit($0) }) else { continue }
            let parts = line[(sign + 1)...].split(separator: UInt8(ascii: " ")).map { Self.number($0) }
            mappings.append((Self.number(line[..<sign]), line[sign], parts))
        }
        add(mappings)
        for codePoint in HangulSyllable.all { change(codePoint) { $0.bits |= Self.flags([.nfd, .nfkd]) } }
        for codePoint in HangulSyllable.laterParts { change(codePoint) { $0.bits |= Self.flags([.nfc, .nfkc]) } }
    }

    private mutating func add(_ mappings: [Mapping]) {
        for (place, entry) in mappings.enumerated() {
            change(entry.codePoint) { $0.decomposition = place + 1 }
            let isComposed = entry.sign == UInt8(ascii: "=")
            let isCompatible = entry.sign == UInt8(ascii: "~")
            change(entry.codePoint) {
                $0.bits |= Self.flags(
                    isCompatible ? [.nfkc, .nfkd] : isComposed ? [.nfd, .nfkd] : NormalizationForm.allCases)
            }
            guard isComposed else { continue }
            let (first, second) = (Int32(entry.parts[0]), Int32(entry.parts[1]))
            compositions.insert(first, second, rank: 0, merged: Int32(entry.codePoint))
            change(entry.parts[1]) { $0.bits |= Self.flags([.nfc, .nfkc]) }
        }
        let isCompatible = mappings.map { $0.sign == UInt8(ascii: "~") }
        func full(_ codePoint: UInt32, compatible: Bool) -> [UInt32] {
            let place = find(codePoint).decomposition
            guard place > 0, compatible || !isCompatible[place - 1] else { return [codePoint] }
            return mappings[place - 1].parts.flatMap { full($0, compatible: compatible) }
        }
        decompositions = mappings.map { entry in
            Decomposition(
                canonical: full(entry.codePoint, compatible: false), compatible: full(entry.codePoint, compatible: true)
            )
        }
        // A canonical composite whose parts have compatibility decompositions changes in NFKC, too.
        for entry in mappings where entry.sign == UInt8(ascii: "=") {
            if full(entry.codePoint, compatible: true) != full(entry.codePoint, compatible: false) {
                change(entry.codePoint) { $0.bits |= Self.flags([.nfkc]) }
            }
        }
    }

    private static func flags(_ forms: [NormalizationForm]) -> UInt32 {
        forms.reduce(0) { $0 | Properties.mayChange($1) }
    }

    private mutating func change(_ codePoint: UInt32, _ change: (inout Properties) -> Void) {
        let page = Int(codePoint >> 7)
        if pages[page] == 0 {
            pages[page] = UInt16(properties.count / 128)
            properties += [Properties](repeating: Properties(), count: 128)
        }
        change(&properties[Int(pages[page]) << 7 | Int(codePoint & 127)])
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: UInt32 = 16) -> UInt32 {
        digits.reduce(0) { $0 * radix + UInt32($1 <= UInt8(ascii: "9") ? $1 - 48 : $1 - 55) }
    }
}
