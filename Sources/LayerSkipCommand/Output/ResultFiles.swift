import ArgumentParser
import LayerSkip

/// The files that a measurement writes in addition to its report: numbers as CSV, and a picture as SVG.
struct ResultFiles: ~Copyable {
    private var csv: ReplacementFile?
    private var svg: ReplacementFile?

    /// Opens the files before anything is computed.
    ///
    /// - Parameters:
    ///   - model: the model that is measured, with its adapter.
    ///   - input: another file that is read, with its meaning; nil or "-" if there is none.
    /// - Throws: if one cannot be written, or is an input.
    init(csv: String?, svg: String?, model: ModelOptions, input: (path: String?, meaning: String)) throws {
        var inputs = InputFiles()
        inputs.add(model: try model.model.map(ModelSource.path), adapter: model.adapter)
        if let path = input.path, path != "-" { inputs.add(path, as: input.meaning) }
        if let csv {
            try inputs.check(output: csv)
            self.csv = try ReplacementFile(csv)
        }
        if let svg {
            try inputs.check(output: svg)
            self.svg = try ReplacementFile(svg)
        }
    }

    /// Writes a report to standard output, and then the files that were asked for. If one of them cannot be written, the
    /// others are written all the same, because a measurement takes long.
    ///
    /// - Throws: the first error.
    mutating func write(
        _ report: some Encodable, as format: OutputFormat, text: @autoclosure () -> String,
        csv numbers: @autoclosure () -> String, svg picture: @autoclosure () -> String
    ) throws {
        let printed = Result {
            switch format {
            case .json: try Output.write(json: report)
            case .text: try Output.write(text())
            }
        }
        let csvWritten = Result { try Self.commit(csv.take(), numbers()) }
        let svgWritten = Result { try Self.commit(svg.take(), picture()) }
        for result in [printed, csvWritten, svgWritten] { try result.get() }
    }

    private static func commit(_ file: consuming ReplacementFile?, _ content: @autoclosure () -> String) throws {
        guard let file = file.take() else { return }
        try file.write(Array(content().utf8))
        try file.commit()
    }

    /// Throws a usage error if both files have the same place, or if one would be standard output, which has the report.
    static func check(csv: String?, svg: String?) throws {
        for (option, path) in [("--csv", csv), ("--svg", svg)] {
            guard let path else { continue }
            if path.isEmpty { throw ValidationError("\(option): expected the path of a file, found an empty one") }
            if StandardDescriptors.outputIs(path) {
                throw ValidationError("\(option): expected a file, found standard output, which has the report")
            }
        }
        if let csv, let svg, OutputPlaces.collide(svg, with: csv) {
            throw ValidationError("--svg: expected another file than that of --csv, found \(svg.quoted)")
        }
    }
}
