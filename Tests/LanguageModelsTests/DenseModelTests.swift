import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// A model in training decodes like any other.
@Suite("Models with dense weights")
struct DenseModelTests {
    private static let shapes = TinyShape.all.filter { $0.file.matrixType == .f32 }

    private func trainable(
        _ shape: TinyShape, freezing frozen: FrozenParts = FrozenParts(), on compute: ComputeContext
    ) throws -> Transformer {
        try shape.file.withFile { file in
            try Transformer(trainable: StoredModel(ModelFiles(file)), freezing: frozen, on: compute)
        }
    }

    /// For every order of rows, RoPE scaling and format of the file.
    @Test(arguments: TinyShape.onTables) func logitsAreThoseOfF32Weights(
        table: String, shape: TinyShape
    ) throws {
        let compute = try ComputeContext(table: table, threads: 2)
        let dense = try trainable(shape, on: compute).detached()
        let packed = try shape.file.withFile { file in
            try Transformer(StoredModel(ModelFiles(file)).dequantized, on: compute)
        }
        let tokens = shape.tokens(count: 20)
        func logits(_ model: Transformer) -> [Float] {
            var cache = KVCache(for: model, format: .f32)
            return model.logits(tokens, &cache).values
        }
        #expect(relativeError(logits(dense), logits(packed)) < 2e-6)
    }

    @Test(arguments: tableNames, shapes) func rowsTogetherOrApart(table: String, shape: TinyShape) throws {
        let tokens = shape.tokens(count: 40)
        func trace(_ chunks: [Int], threads: Int = 1) throws -> Trace {
            let model = try trainable(shape, on: ComputeContext(table: table, threads: threads)).detached()
            var cache = KVCache(for: model)
            var trace = Trace()
            for count in chunks { trace.append(model.logits(tokens[trace.count..<trace.count + count], &cache)) }
            trace.append(cache, layers: model.layerCount)
            return trace
        }
        let apart = try trace(Array(repeating: 1, count: 40))
        #expect(try trace([40]) == apart)
        #expect(try trace([3, 17, 7, 13]) == apart)
        #expect(try trace([33, 7], threads: 3) == apart)
    }

    /// Each sequence of a batch attends only to itself, with the results of an f32 cache.
    @Test(arguments: tableNames, shapes) func batchesAreSequences(table: String, shape: TinyShape) throws {
        let model = try trainable(shape, on: ComputeContext(table: table, threads: 2))
        let decoding = model.detached()
        let (length, count) = (19, 3)
        let tokens = shape.tokens(count: length * count)
        var batch = CausalBatch(for: model, length: length)
        let together = model.logits(model.run(0..<model.layerCount, model.embed(tokens), &batch))
        #expect(together.isRecorded)
        for sequence in 0..<count {
            let own = Array(tokens[sequence * length..<(sequence + 1) * length])
            let alone = decoding.logits(decoding.run(0..<model.layerCount, decoding.embed(own), &batch))
            let rows = together.detached()[rows: sequence * length..<(sequence + 1) * length]
            #expect(alone.values == rows.values && !alone.isRecorded)
            var cache = KVCache(for: model, format: .f32)
            #expect(relativeError(rows.values, decoding.logits(own, &cache).values) < 2e-6)
        }
    }

    /// Documents that share a sequence have the results that each has alone, to the bit.
    @Test(arguments: tableNames, shapes) func segmentsAreSequences(table: String, shape: TinyShape) throws {
        for precision in [ProductPrecision.f32, .bf16] {
            let compute = ComputeContext(
                kernels: try .named(table), pool: ThreadPool(threads: 2),
                recycledBytes: 0, productPrecision: precision)
            let model = try trainable(shape, on: compute).detached()
            let lengths = [1, 17, 2, 30, 1, 9]
            let tokens = shape.tokens(count: lengths.reduce(0, +))
            var packed = CausalBatch(for: model, length: 30, segments: RowSegments(lengths: lengths))
            let together = model.logits(model.run(0..<model.layerCount, model.embed(tokens), &packed))
            var start = 0
            for length in lengths {
                let own = Array(tokens[start..<start + length])
                var batch = CausalBatch(for: model, length: 30, segments: RowSegments(lengths: [length]))
                let alone = model.logits(model.run(0..<model.layerCount, model.embed(own), &batch))
                #expect(alone.values == together[rows: start..<start + length].values)
                start += length
            }
        }
    }

    @Test func detachedModelsFollowTheirParameters() throws {
        let model = try trainable(TinyShape.all[0], on: ComputeContext())
        let decoding = model.detached()
        func logits() -> [Float] {
            var cache = KVCache(for: decoding)
            return decoding.logits([1, 2, 3], &cache).values
        }
        let before = logits()
        #expect(decoding.parameters.isEmpty && logits() == before)
        var batch = CausalBatch(for: model, length: 3)
        let trained = model.logits(model.run(0..<model.layerCount, model.embed([1, 2, 3]), &batch))
        trained.backward(from: trained.detached())
        let step = AdamWStep(
            number: 1, betas: (0.9, 0.95), epsilon: 1e-8, weightDecay: 0, learningRate: 1e-2, gradientScale: 1)
        for parameter in model.parameters {
            guard let gradient = parameter.wholeGradient else { continue }
            parameter.apply(
                step, to: gradient, firstMoment: Tensor(zeroRows: 1, columns: parameter.count),
                secondMoment: Tensor(zeroRows: 1, columns: parameter.count))
        }
        #expect(logits() != before)
    }

    /// Frozen weights are not parameters, and do not change the gradients of the others.
    @Test func freezing() throws {
        var file = TinyLlamaFile()
        (file.layers, file.isTied) = (3, false)
        let shape = TinyShape(testDescription: "3 layers", file: file)
        func gradients(_ frozen: FrozenParts) throws -> [String: [Float]] {
            let model = try trainable(shape, freezing: frozen, on: ComputeContext())
            var batch = CausalBatch(for: model, length: 4)
            let logits = model.logits(model.run(0..<3, model.embed([5, 6, 7, 8, 1, 1, 2, 3]), &batch))
            logits.backward(from: logits.detached())
            return try Dictionary(
                uniqueKeysWithValues: model.parameters.map { ($0.name, try #require($0.gradient).values) })
        }
        let all = try gradients(FrozenParts())
        #expect(all.count == 3 * 9 + 3)
        for (frozen, prefixes) in [
            (FrozenParts(layers: [0, 2]), ["model.layers.0.", "model.layers.2."]),
            (FrozenParts(embedding: true), ["model.embed_tokens."]),
            (FrozenParts(head: true), ["model.norm.", "lm_head."]),
            (FrozenParts(layers: [0], embedding: true, head: true), ["model.layers.0", "model.e", "model.n", "lm"]),
        ] {
            let expected = all.filter { name, _ in !prefixes.contains { name.hasPrefix($0) } }
            #expect(try gradients(frozen) == expected, "\(frozen)")
        }
    }
}

extension TinyLlamaFile {
    /// Calls `body` with the file, written to disk.
    fileprivate func withFile<Result>(_ body: (GGUFFile) throws -> Result) throws -> Result {
        let folder = TemporaryFolder()
        let path = folder.file("tiny.gguf")
        try write(to: path)
        return try body(GGUFFile(path: path))
    }
}
