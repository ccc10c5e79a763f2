public import ArgumentParser
public import LayerSkip

/// How the cache keeps keys and values.
struct CacheArguments: ParsableArguments {
    @Option(help: "Keep keys and values in this format; f16 and bf16 halve the memory and what a long text reads.")
    var cacheFormat: CacheFormat = .standard
}

extension CacheFormat: ExpressibleByArgument {}
