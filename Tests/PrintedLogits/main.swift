// Writes a model's logits to a file, for comparison with another program's; Benchmarks/compare-export runs it.
//
// PrintedLogits MODEL FILE ID... : for each id a row of little-endian f32; keys and values are kept in f32

import CheckpointFiles
import LayerSkip

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count > 2 else { fatalError("expected a model, a file to write, and ids") }
let tokens = arguments.dropFirst(2).compactMap { Token($0) }
let model = try TextModel(path: arguments[1]).model
guard tokens.count == arguments.count - 2, tokens.allSatisfy({ (0..<Token(model.vocabularySize)).contains($0) }) else {
    fatalError("expected ids in 0..<\(model.vocabularySize)")
}

var cache = KVCache(for: model, format: .f32)
let logits = model.logits(model.run(0..<model.layerCount, model.embed(tokens), &cache))
try TextFile.write(DType.f32.quantize(logits.values), to: arguments[2])
