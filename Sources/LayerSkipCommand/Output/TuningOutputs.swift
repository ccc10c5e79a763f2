import LayerSkip

/// The files that `tune` writes.
struct TuningOutputs: ~Copyable {
    private var csv: ReplacementFile?
    private var svg: ReplacementFile?

    /// Opens the files before anything is computed.
    ///
    /// - Throws: if one cannot be written, or is the other one or an input.
    init(csv: String?, svg: String?, model: String?, prompts: String?) throws {
        var inputs = InputFiles()
        inputs.add(model: model, as: "the model that is read")
        if let prompts, prompts != "-" { inputs.add(prompts, as: "the prompts") }
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

    /// Writes the files.
    consuming func write(_ tuning: Tuning, of model: TextModel) throws {
        if let file = csv.take() {
            try file.write(Array(tuning.csv.utf8))
            try file.commit()
        }
        if let file = svg.take() {
            try file.write(Array(TuningPicture(tuning, of: model).svg.utf8))
            try file.commit()
        }
    }
}
