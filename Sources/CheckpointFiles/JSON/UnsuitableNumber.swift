#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The number that made valid JSON fail to decode: too large, or not an integer. Foundation does not say which it is.
struct UnsuitableNumber {
    let place: String
    let expected: String
    let found: String

    /// Finds the number by decoding again with other numbers in its place; nil if no number is the cause.
    init?(in bytes: UnsafeRawBufferPointer, for type: (some Decodable).Type, valueLimit: Int) {
        var suspects: [(range: Range<Int>, place: String)] = []
        var scanner = JSONScanner(bytes, valueLimit: valueLimit)
        // An integer of up to nine digits fits every type.
        scanner.onNumber = { range, place in
            if suspects.count <= Self.limit, range.count > 9 || !bytes[range].allSatisfy({ (0x30...0x39).contains($0) })
            {
                suspects.append((range, place))
            }
        }
        guard (try? scanner.scan()) != nil, suspects.count <= Self.limit else { return nil }
        var innocent = Data(bytes)
        for suspect in suspects { innocent.put("0".utf8, at: suspect.range) }
        func isRefused(_ number: some Collection<UInt8>, at range: Range<Int>) -> Bool {
            var data = innocent
            data.put(number, at: range)
            return Self.isNumberRefused(data, type)
        }
        guard let culprit = suspects.first(where: { isRefused(bytes[$0.range], at: $0.range) }) else { return nil }
        place = culprit.place
        found = String(decoding: bytes[culprit.range].prefix(40), as: UTF8.self)
        if !isRefused("1e300".utf8, at: culprit.range) {
            expected = "a number up to \(Double.greatestFiniteMagnitude) in magnitude"
        } else if !isRefused("0.5".utf8, at: culprit.range) {
            expected = "a number up to \(Float.greatestFiniteMagnitude) in magnitude"
        } else if !isRefused("4294967296".utf8, at: culprit.range) {
            expected = "an integer in \(Int.min)...\(Int.max)"
        } else {
            expected = "an integer in \(Int32.min)...\(Int32.max)"
        }
    }

    /// With more candidates than this, none is tried.
    private static let limit = 64

    private static func isNumberRefused(_ data: Data, _ type: (some Decodable).Type) -> Bool {
        do {
            _ = try JSONDecoder().decode(type, from: data)
        } catch DecodingError.dataCorrupted(let context) {
            return context.codingPath.isEmpty
        } catch {}
        return false
    }
}

extension Data {
    /// Replaces a number by another, padded with spaces if shorter.
    fileprivate mutating func put(_ number: some Collection<UInt8>, at range: Range<Int>) {
        let spaces = repeatElement(UInt8(ascii: " "), count: Swift.max(0, range.count - number.count))
        replaceSubrange(startIndex + range.lowerBound..<startIndex + range.upperBound, with: Array(number) + spaces)
    }
}
