import ArgumentParser
import LayerSkip

/// The files that a measurement writes in addition to its report: numbers as CSV, and a picture as SVG.
struct ResultFiles: ~Copyable {
    private var csv: ReplacementFile?
    private var svg: ReplacementFile?

    /// Opens the files before anything is computed.
    ///
    /// - Parameters:
    ///   - model: the model that is measured.
    ///   - input: another file that is read, with its meaning; nil or "-" if there is none.
    /// - Throws: if one cannot be written, or is the other one or an input.
    init(csv: String?, svg: String?, model: String?, input: (path: String?, meaning: String)) throws {
        var inputs = InputFiles()
        inputs.add(model: try model.map(ModelSource.path), as: "the model that is read")
        if let path = input.path, path != "-" { inputs.add(path, as: input.meaning) }
        if let csv {
            try inputs.check(output: csv)
            self.csv = try ReplacementFile(csv)
            if csv == svg {
                throw InputError(name: "--svg", expected: "another file than that of --csv", found: csv.quoted)
            }
        }
        if let svg {
            try inputs.check(output: svg)
            self.svg = try ReplacementFile(svg)
        }
    }

    /// Writes the files that were asked for.
    consuming func write(csv numbers: @autoclosure () -> String, svg picture: @autoclosure () -> String) throws {
        if let file = csv.take() {
            try file.write(Array(numbers().utf8))
            try file.commit()
        }
        if let file = svg.take() {
            try file.write(Array(picture().utf8))
            try file.commit()
        }
    }

    /// Throws a usage error if a file would be standard output, which has the report.
    static func check(csv: String?, svg: String?) throws {
        for (option, path) in [("--csv", csv), ("--svg", svg)] {
            if let path, StandardDescriptors.outputIs(path) {
                throw ValidationError("\(option): expected a file, found standard output, which has the report")
            }
        }
    }
}
