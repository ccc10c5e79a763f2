public import ArgumentParser
public import LayerSkip

/// The option for the KV cache's format.
struct CacheArguments: ParsableArguments {
    @Option(help: "Number format of cached keys and values; f16 and bf16 need half the memory and bandwidth of f32.")
    var cacheFormat: CacheFormat = .standard
}

extension CacheFormat: ExpressibleByArgument {}
