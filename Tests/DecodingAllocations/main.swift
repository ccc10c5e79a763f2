// Checks that steady-state decoding takes no memory from the heap; Scripts/check-allocations runs it.
//
// DecodingAllocations MODEL.gguf

import LayerSkip
import CLibc

guard CommandLine.arguments.count == 2 else { fatalError("expected a model's path") }
guard let counter = AllocationCounter() else { fatalError("expected the counter to be preloaded") }

let measurement = Measurement(model: try TextModel(path: CommandLine.arguments[1]), counter: counter)
let layers = measurement.model.model.layerCount
let drafter = try EarlyExitDrafter(exitLayer: (layers + 1) / 2, draftLength: 4, for: measurement.model.model)
let strategy = DecodingStrategy.selfSpeculative(
    SpeculationSetting(exitLayer: drafter.exitLayer, draftLength: drafter.draftLength))

var sampled = Sampling()
sampled.temperature = 0.8
var filtered = sampled
filtered.repetitionPenalty = 1.1
filtered.topK = 40
filtered.topP = 0.9
filtered.minP = 0.05

var total = 0
for (name, sampling) in [("greedy", Sampling.greedy), ("sampled", sampled), ("filtered", filtered)] {
    let counts = [
        ("plain decoding", try measurement.generator(NoDrafter(), sampling)),
        ("self-speculative decoding", try measurement.generator(drafter, sampling)),
        ("plain decoding of 4 texts", try measurement.texts(4, NoDrafter(), sampling)),
        ("self-speculative decoding of 4 texts", try measurement.texts(4, drafter, sampling)),
        ("plain text", try measurement.text(.plain, sampling)),
        ("self-speculative text", try measurement.text(strategy, sampling)),
    ]
    for (what, count) in counts {
        print("\(what), \(name): \(count.map { "\($0) allocations" } ?? "not counted, for a long piece of text")")
        total += count ?? 0
    }
}
exit(total == 0 ? 0 : 1)
