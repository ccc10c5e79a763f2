import LanguageModels
import TensorCore

/// A sequence of random tokens of some length, to run further passes behind. None of them is kept but those
/// of ``decode(limit:forSeconds:)``.
struct TimedSequence<Model: LanguageModel>: ~Copyable {
    private let model: Model
    private let length: Int
    private var cache: KVCache
    private let random = CounterRandom(seed: 0)

    init(_ model: Model, length: Int, _ cacheFormat: CacheFormat) {
        self.model = model
        self.length = length
        cache = KVCache(for: model, format: cacheFormat)
    }

    /// Reads the tokens that it is to begin with.
    ///
    /// - Returns: false if `goesOn`, which is asked before each chunk of them, said no.
    mutating func begin(_ goesOn: () -> Bool) -> Bool {
        read(length, goesOn)
    }

    /// Decodes at most `limit` tokens, one at a time, until `seconds` have passed; the next call continues behind them.
    mutating func decode(limit: Int, forSeconds seconds: Double) -> (tokens: Int, seconds: Double) {
        let stopwatch = Stopwatch()
        var tokens = 0
        repeat {
            let logits = model.logits(layers(model.layerCount, 1))
            _ = model.compute.argmax(logits, row: 0)
            tokens += 1
        } while tokens < limit && stopwatch.seconds < seconds
        return (tokens, stopwatch.seconds)
    }

    /// Seconds of reading a prompt of `count` tokens, up to the logits of its last: as generating would, but for that
    /// token's way through the layers, which is here part of the last chunk.
    mutating func prefill(_ count: Int) -> Double {
        let stopwatch = Stopwatch()
        let rest = (count - 1) % prefillChunk + 1
        read(count - rest)
        let lastLayer = model.layerCount - 1
        let hidden = layers(lastLayer, rest)
        model.storeKeysAndValues(lastLayer, hidden[rows: 0..<rest - 1], &cache)
        _ = model.logits(model.block(lastLayer, hidden[rows: rest - 1..<rest], &cache))
        let seconds = stopwatch.seconds
        forget()
        return seconds
    }

    /// Seconds of one pass over `count` tokens with all their logits, and of the head's part in it.
    mutating func pass(_ count: Int) -> (whole: Double, head: Double) {
        let (whole, head) = timed { sequence in
            let hidden = sequence.layers(sequence.model.layerCount, count)
            let stopwatch = Stopwatch()
            _ = sequence.model.logits(hidden)
            return stopwatch.seconds
        }
        return (whole, head)
    }

    /// Seconds of drafting one token by the first `exitLayer` layers.
    mutating func draft(exitLayer: Int) -> Double {
        timed { sequence in
            let logits = sequence.model.logits(sequence.layers(exitLayer, 1))
            _ = sequence.model.compute.argmax(logits, row: 0)
            return 0
        }.whole
    }

    /// Parallel regions that all layers take for one token.
    mutating func regionCounts() -> RegionCounts {
        let before = model.compute.pool.counts
        _ = layers(model.layerCount, 1)
        let after = model.compute.pool.counts
        forget()
        return after - before
    }

    /// Seconds of one call of `body`, and of the part that it returns: the means of as many as it takes to time them.
    private mutating func timed(_ body: (inout Self) -> Double) -> (whole: Double, part: Double) {
        var (whole, part, calls) = (0.0, 0.0, 0.0)
        repeat {
            let stopwatch = Stopwatch()
            part += body(&self)
            whole += stopwatch.seconds
            calls += 1
            forget()
        } while whole < 0.005
        return (whole / calls, part / calls)
    }

    /// Runs the next `count` tokens as prompts are read; false if `goesOn` said no.
    @discardableResult
    private mutating func read(_ count: Int, _ goesOn: () -> Bool = { true }) -> Bool {
        model.read(nextTokens(count).span, layerCount: model.layerCount, into: &cache, shouldContinue: goesOn)
    }

    /// Runs the next `count` tokens through the first layers.
    private mutating func layers(_ layers: Int, _ count: Int) -> Tensor {
        model.run(0..<layers, model.embed(nextTokens(count)), &cache)
    }

    private func nextTokens(_ count: Int) -> [Token] {
        let position = cache.length(layer: 0)
        return (position..<position + count).map { index in
            Token(random[UInt64(index)] % UInt64(model.vocabularySize))
        }
    }

    /// Back to the length that the sequence began with.
    mutating func forget() { cache.truncate(to: length) }
}
