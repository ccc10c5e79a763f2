import CheckpointFiles
import TensorCore

/// A model's packed weights in a file of the user's cache, which the next start maps instead of packing them again.
///
/// The file is a header, then all panels and vectors in the order of loading, each at a multiple of 64 bytes. The header
/// states all that they depend on. A file is used only if its header and its size are those that this start would write,
/// so nothing in it is parsed, and no size in it is believed. Its modification time is a constant, so a file that was
/// written to afterwards is not used. Its numbers are not checked, just as those of a model's file are not.
struct PackedFile {
    let path: String
    /// The size of the whole file.
    let byteCount: Int
    private let header: [UInt8]

    /// The modification time of a complete file, in seconds: the start of the year 2000.
    static let sealTime = 946_684_800
    /// Panels and vectors begin at multiples of a cache line.
    static let alignment = 64

    /// Describes the file for a model's weights in given formats.
    ///
    /// - Parameters:
    ///   - folder: the folder of such files.
    ///   - recipe: the name of the recipe of the formats; nil for those of the source.
    /// - Throws: if a tensor is missing or has the wrong shape.
    init(
        in folder: String, _ model: StoredModel, _ formats: MatrixFormats, recipe: String?, for kernels: KernelTable
    ) throws(CheckpointError) {
        var contents = PackedContents(for: kernels)
        for tensor in model.tensors {
            let stored = try model.source.tensor(named: tensor.name, shape: tensor.shape)
            contents.add(tensor, stored, as: formats.dtype(of: tensor, stored: stored))
        }
        let sources = contents.files.compactMap(\.identity)
        // The formats are part of the name, so that choices of formats can be compared.
        let variant = sources.map(\.path) + [kernels.name] + contents.lines
        // The number is that of the layout of panels in this version of the kernels.
        let beginning =
            ["layerskip packed weights 2", "kernels \(kernels.name)", "quantization \(recipe ?? "none")"]
            + sources.map { "source \($0)" } + contents.layouts.values.sorted()
            + ["gains + \(model.source.gainOffset), \(model.configuration.architecture.name)"]
            + [model.source.settings].filter { !$0.isEmpty }
        var header = Array((beginning + contents.lines).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
        header += Array(repeating: 0, count: header.count.padding(to: Self.alignment))
        let name = CacheFolder.fileName(ofModel: sources.first?.path ?? model.source.file, variant, suffix: "packed")
        path = "\(folder)/\(name)"
        self.header = header
        byteCount = header.count + contents.byteCount
    }

    /// The bytes that panels take in the file.
    static func size(of layout: PanelLayout) -> Int {
        layout.byteCount + layout.byteCount.padding(to: alignment)
    }

    /// The bytes that a vector takes in the file.
    static func size(ofVector count: Int) -> Int {
        let byteCount = count * MemoryLayout<Float>.stride
        return byteCount + byteCount.padding(to: alignment)
    }

    /// Where panels and vectors begin.
    var start: Int { header.count }

    /// Maps the file.
    ///
    /// - Parameter reason: the reason why a file that exists is not used.
    /// - Returns: nil if there is none, or it does not fit.
    func map(_ reason: inout String?) -> MappedFile? {
        guard MappedFile.byteCount(path: path) != nil, !Folder.isLink(path) else { return nil }
        do {
            let file = try MappedFile(path: path)
            guard file.byteCount >= start, file.bytes(0..<start) == header else {
                reason = "it was made from another version of the model's files, or by another version of this program"
                return nil
            }
            guard file.byteCount == byteCount else {
                reason = "it has \(file.byteCount) bytes instead of \(byteCount)"
                return nil
            }
            guard file.wasModified(at: Self.sealTime) else {
                reason = "it was written to after it was made"
                return nil
            }
            return file
        } catch {
            reason = "it cannot be read: \(error.found)"
            return nil
        }
    }

    /// Begins to write the file, under another name.
    func create() throws(FileError) -> ReplacementFile {
        if let end = path.lastIndex(of: "/") { try Folder.make(String(path[..<end])) }
        guard Folder.isMissing(path) || MappedFile.byteCount(path: path) != nil, !Folder.isLink(path) else {
            throw FileError(
                file: path, expected: "a regular file of the cache, or none",
                found: "a link or a special file; remove it")
        }
        let file = try ReplacementFile(path)
        try file.write(header)
        return file
    }
}
