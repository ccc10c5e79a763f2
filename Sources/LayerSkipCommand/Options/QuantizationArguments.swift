import ArgumentParser
import LayerSkip

/// Options for the formats of an export's matrices.
struct QuantizationArguments: ParsableArguments {
    @OptionGroup var formats: RecipeArguments<RecipeForExport>

    @Option(
        help: """
            Importance matrix that says which columns matter most, from llama-imatrix or --save-imatrix: quantization \
            makes errors smaller there.
            """,
        transform: expandedPath)
    var imatrix: String?

    @Option(
        help: """
            Text on which to measure an importance matrix before the export, of some ten thousand tokens (- for \
            standard input).
            """,
        transform: expandedPath)
    var calibrate: String?

    @Option(
        help: "Where to write the importance matrix that --calibrate measures, for --imatrix or llama-quantize.",
        transform: expandedPath)
    var saveImatrix: String?

    @Flag(help: "List the error of every quantized tensor (default: the mean and the largest errors).")
    var tensors = false

    func validate() throws {
        let needRecipe = [
            ("--imatrix", imatrix != nil), ("--calibrate", calibrate != nil), ("--tensors", tensors),
        ]
        for (option, isGiven) in needRecipe where isGiven && formats.quantize == nil {
            throw ValidationError("\(option): expected --quantize with it, found none")
        }
        if imatrix != nil, calibrate != nil {
            throw ValidationError("--calibrate: expected no --imatrix with it, found both")
        }
        if saveImatrix != nil, calibrate == nil {
            throw ValidationError("--save-imatrix: expected --calibrate with it, found none")
        }
    }

    /// Throws a usage error if a format is not one of the target's, or both outputs have the same place.
    ///
    /// - Parameter inParts: whether the output is split.
    func check(for target: Target, output: String, inParts: Bool) throws {
        let recipes = target.value.recipes
        let expected = recipes.map(\.name).joined(separator: ", ")
        if let quantize = formats.quantize, !recipes.contains(quantize.value) {
            throw ValidationError("--quantize: expected one of \(expected) for \(target), found \(quantize.value.name)")
        }
        if target == .safetensors, let override = formats.layers.first(where: \.dtype.isQuantized) {
            throw ValidationError(
                "--layers: expected one of the formats \(expected) for \(target), found \(override.dtype.rawValue)")
        }
        if let saveImatrix, OutputPlaces.collide(saveImatrix, with: output, inParts: inParts) {
            throw ValidationError("--save-imatrix: expected another place than that of --output, found \(saveImatrix)")
        }
    }

    /// Reads or measures the importance matrix; nil if none is asked for.
    ///
    /// - Parameters:
    ///   - source: the model's path; nil for the default model.
    ///   - adapter: the folder of an adapter of the model; nil for none.
    ///   - output: where the model will be written, which must not be the text.
    func importance(
        of checkpoint: Checkpoint, source: String?, adapter: String?, threads: Int?, output: String
    ) throws -> ImportanceMatrix? {
        if let imatrix { return try ImportanceMatrix(path: imatrix) }
        guard let calibrate else { return nil }
        var inputs = InputFiles()
        inputs.add(model: try source.map(ModelSource.path), adapter: adapter)
        inputs.add(calibrate == "-" ? "/dev/stdin" : calibrate, as: "the text that is measured on")
        for path in [output, saveImatrix].compactMap(\.self) { try inputs.check(output: path) }
        if let saveImatrix { try ReplacementFile.check(saveImatrix) }
        try JSONLines.refuse(path: calibrate)
        let text = Array(try TextInput.read(calibrate, atMost: .text).utf8)
        try JSONLines.refuse(text, file: TextInput.name(of: calibrate))
        let matrix = try checkpoint.importanceMatrix(
            measuredOn: text, named: TextInput.name(of: calibrate), threads: threads
        ) { done, total in Progress("tokens measured:", of: total)(done) }
        guard let matrix else { throw InterruptedError() }
        if let saveImatrix {
            try matrix.write(to: saveImatrix)
            Output.note("\(saveImatrix): importance of \(matrix.names.count.counted("tensor"))")
        }
        return matrix
    }
}
