extension JSONPlace {
    /// Reads a `decoder`; sequences become flat.
    func decoderSteps() throws(TokenizerError) -> [DecoderStep] {
        switch try type() {
        case "Sequence":
            var steps: [DecoderStep] = []
            for part in try required("decoders").items() { steps += try part.decoderSteps() }
            return steps
        case "ByteLevel": return [.byteLevel]
        case "ByteFallback": return [.byteFallback]
        case "Fuse": return [.fuse]
        case "Replace": return [.replace(try textPattern(), with: try required("content").text())]
        case "Strip":
            let content = try required("content")
            guard try content.text().utf8.count == 1 else { throw content.mismatch("one ASCII character") }
            return [
                .strip(try content.text(), start: try required("start").count(), stop: try required("stop").count())
            ]
        case "Metaspace": return [.metaspace(mark: try spaceMark(), prepend: try prependScheme())]
        default:
            throw try unsupported(["ByteLevel", "ByteFallback", "Fuse", "Replace", "Strip", "Metaspace", "Sequence"])
        }
    }
}
