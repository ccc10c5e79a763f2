/// The places where a command's outputs will be.
package enum OutputPlaces {
    /// Whether a file would be written to the place of another output, or into it if that is a folder.
    ///
    /// Links are followed. Devices and pipes can be written to twice.
    ///
    /// - Parameter inParts: whether the other output is a split GGUF file; each part that it could have counts.
    package static func collide(_ path: String, with output: String, inParts: Bool = false) -> Bool {
        guard let file = place(path), let other = place(output) else { return false }
        if file == other || PathParts(file).folder == other { return true }
        guard inParts, let part = GGUFPartName(file) else { return false }
        return part.prefix == place(SplitGGUFWriter.prefix(output))
    }

    /// The absolute path of a file or folder, whether or not it exists; nil for other things.
    private static func place(_ path: String) -> String? {
        guard let target = try? WritingPlace(path, expected: "a place to write to") else { return nil }
        let place: String
        switch target {
        case .file(let file, _): place = file
        case .folder(let folder, _): place = folder
        case .stream, .descriptor: return nil
        }
        if let existing = SystemCalls.realPath(place) { return existing }
        let parts = PathParts(place)
        guard let folder = SystemCalls.realPath(parts.folder) else { return place }
        return folder == "/" ? "/\(parts.name)" : "\(folder)/\(parts.name)"
    }
}
