// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that users of the library never resolve its dependencies. The benchmark plugin looks for
// targets in a folder called Benchmarks.
let layerSkip = Target.Dependency.product(name: "LayerSkip", package: "layerskip")
let benchmark = Target.Dependency.product(name: "Benchmark", package: "benchmark")
let plugin = Target.PluginUsage.plugin(name: "BenchmarkPlugin", package: "benchmark")

let package = Package(
    name: "layerskip-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "layerskip", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "KernelBenchmarks",
            dependencies: [
                layerSkip, benchmark, .product(name: "CInstructionPeaks", package: "layerskip"),
                .product(name: "CTensorKernels", package: "layerskip"),
            ],
            path: "KernelBenchmarks", plugins: [plugin]),
        .executableTarget(
            name: "ModelBenchmarks", dependencies: [layerSkip, benchmark], path: "ModelBenchmarks", plugins: [plugin]),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}
