import LanguageModels
import TensorCore

/// A sequence of random tokens after which passes are timed. Their tokens are discarded, except those of
/// ``decode(limit:forSeconds:)``.
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

    /// Reads the tokens that the sequence begins with.
    ///
    /// - Returns: false if `goesOn`, called before each chunk of them, returned false.
    mutating func begin(_ goesOn: () -> Bool) -> Bool {
        read(length, goesOn)
    }

    /// Decodes at most `limit` tokens, one at a time, until `seconds` have passed. The next call continues after them.
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

    /// Returns the seconds that prefill of `count` tokens takes, including the logits of the last. Generation differs
    /// only in that the last token is not part of the last chunk.
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

    /// Returns the seconds of a pass over `count` tokens with all their logits, and those of the head in it.
    mutating func pass(_ count: Int) -> (whole: Double, head: Double) {
        let (whole, head) = timed { sequence in
            let hidden = sequence.layers(sequence.model.layerCount, count)
            let stopwatch = Stopwatch()
            _ = sequence.model.logits(hidden)
            return stopwatch.seconds
        }
        return (whole, head)
    }

    /// Returns the seconds of drafting one token with the first `exitLayer` layers, and the exit block if it is there.
    mutating func draft(exitLayer: Int) -> Double {
        timed { sequence in
            let x = sequence.model.embed(sequence.nextTokens(1))
            let logits = sequence.model.logits(sequence.model.runToExit(0..<exitLayer, x, &sequence.cache).output)
            _ = sequence.model.compute.argmax(logits, row: 0)
            return 0
        }.whole
    }

    /// Returns the number of parallel regions that all layers take for one token.
    mutating func regionCounts() -> RegionCounts {
        let before = model.compute.pool.counts
        _ = layers(model.layerCount, 1)
        let after = model.compute.pool.counts
        forget()
        return after - before
    }

    /// Returns the mean seconds of a call of `body`, and of the part that it returns, over at least 5 ms of calls.
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

    /// Runs the next `count` tokens as prefill does. Returns false if `goesOn` did.
    @discardableResult
    private mutating func read(_ count: Int, _ goesOn: () -> Bool = { true }) -> Bool {
        model.read(nextTokens(count).span, layerCount: model.layerCount, into: &cache, shouldContinue: goesOn)
    }

    /// Runs the next `count` tokens through the first layers.
    private mutating func layers(_ layers: Int, _ count: Int) -> Tensor {
        model.pass(0..<layers, model.embed(nextTokens(count)), &cache)
    }

    private func nextTokens(_ count: Int) -> [Token] {
        let position = cache.length(layer: 0)
        return (position..<position + count).map { index in
            Token(random[UInt64(index)] % UInt64(model.vocabularySize))
        }
    }

    /// Truncates the sequence to its initial length.
    mutating func forget() { cache.truncate(to: length) }
}
