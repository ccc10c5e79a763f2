// swift-tools-version: 6.2
import PackageDescription

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// What downloads need. Dependencies of a trait that is off are neither fetched nor built.
func hub(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Hub"]))
}

// One table of targets, bottom to top. Arrows point up this list only; Documentation/Architecture.md says why.
let package = Package(
    name: "layerskip",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "LayerSkip", targets: ["LayerSkip"]),
        .library(name: "LayerSkipDefaultModel", targets: ["LayerSkipDefaultModel"]),
        .executable(name: "layerskip", targets: ["LayerSkipCommand"]),
    ],
    traits: [
        .trait(name: "Hub", description: "Downloads models by name, as in --model OWNER/NAME."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    ],
    targets: [
        .target(name: "CBuildInformation"),
        .target(name: "CLibc"),
        .target(name: "CTensorKernels"),
        .target(name: "QuotedText"),
        .target(name: "TensorCore", dependencies: ["CLibc", "CTensorKernels"]),
        .target(name: "CFatalSignals"),
        .target(name: "CheckpointFiles", dependencies: ["CFatalSignals", "CLibc", "QuotedText", "TensorCore"]),
        .target(name: "ModelHub", dependencies: ["CheckpointFiles"]),
        .target(
            name: "ModelHubDownload",
            dependencies: [
                "CheckpointFiles", "ModelHub", hub("AsyncHTTPClient", "async-http-client"),
                hub("Crypto", "swift-crypto"),
                hub("NIOCore", "swift-nio"), hub("NIOHTTP1", "swift-nio"),
            ]),
        .target(name: "CUnicodeTables", exclude: ["decompositions.txt", "marks.txt"]),
        .target(name: "JinjaTemplates", dependencies: ["CLibc", "QuotedText"]),
        .target(name: "TextTokens", dependencies: ["CLibc", "CUnicodeTables", "JinjaTemplates", "QuotedText"]),
        .target(name: "LanguageModels", dependencies: ["CLibc", "CheckpointFiles", "TensorCore"]),
        .target(name: "TokenDecoding", dependencies: ["CLibc", "LanguageModels", "TensorCore"]),
        .target(name: "CMessagePassing"),
        .target(
            name: "ModelTraining",
            dependencies: ["CLibc", "CMessagePassing", "CheckpointFiles", "LanguageModels", "TensorCore"]),
        .target(name: "RecipeFiles", dependencies: ["CheckpointFiles", "ModelTraining", yams]),
        .target(
            name: "LayerSkip",
            dependencies: [
                "CheckpointFiles", "JinjaTemplates", "LanguageModels", "ModelHub", "ModelHubDownload", "ModelTraining",
                "TensorCore", "TextTokens", "TokenDecoding",
            ]),
        .target(name: "CDefaultModel", exclude: ["default-model.gguf", "MODEL_CARD.md"]),
        .target(name: "LayerSkipDefaultModel", dependencies: ["CDefaultModel", "LayerSkip"]),
        .executableTarget(
            name: "LayerSkipCommand",
            dependencies: [
                "CBuildInformation", "CLibc", "LayerSkip", "LayerSkipDefaultModel", "ModelTraining", "RecipeFiles",
                argumentParser,
            ]),
        .executableTarget(
            name: "StreamingExample", dependencies: ["LayerSkip", "LayerSkipDefaultModel"],
            path: "Examples/StreamingExample"),
        .target(
            name: "TestSupport",
            dependencies: ["CLibc", "CheckpointFiles", "LanguageModels", "TensorCore", "TokenDecoding"],
            path: "Tests/TestSupport"),
        .target(name: "CommandTesting", dependencies: ["TestSupport"], path: "Tests/CommandTesting"),
        .testTarget(name: "TensorCoreTests", dependencies: ["CLibc", "CTensorKernels", "TensorCore", "TestSupport"]),
        .testTarget(name: "CheckpointFilesTests", dependencies: ["CheckpointFiles", "TensorCore", "TestSupport"]),
        .target(
            name: "HubServer",
            dependencies: [
                hub("Crypto", "swift-crypto"), hub("NIOCore", "swift-nio"), hub("NIOHTTP1", "swift-nio"),
                hub("NIOPosix", "swift-nio"),
            ], path: "Tests/HubServer"),
        .testTarget(name: "ModelHubTests", dependencies: ["CLibc", "CheckpointFiles", "ModelHub", "TestSupport"]),
        .testTarget(
            name: "ModelHubDownloadTests",
            dependencies: [
                "CLibc", "CheckpointFiles", "CommandTesting", "HubServer", "LayerSkip", "LayerSkipCommand", "ModelHub",
                "ModelHubDownload", "TestSupport", hub("NIOCore", "swift-nio"), hub("NIOHTTP1", "swift-nio"),
            ]),
        .testTarget(name: "JinjaTemplatesTests", dependencies: ["CLibc", "JinjaTemplates", "TestSupport"]),
        .testTarget(
            name: "TextTokensTests",
            dependencies: ["CheckpointFiles", "JinjaTemplates", "LayerSkip", "TestSupport", "TextTokens"]),
        .testTarget(
            name: "LanguageModelsTests",
            dependencies: ["CLibc", "CheckpointFiles", "LanguageModels", "TensorCore", "TestSupport"]),
        .testTarget(
            name: "TokenDecodingTests",
            dependencies: ["CheckpointFiles", "LanguageModels", "TensorCore", "TestSupport", "TokenDecoding"]),
        .testTarget(
            name: "ModelTrainingTests",
            dependencies: ["CheckpointFiles", "LanguageModels", "ModelTraining", "TensorCore", "TestSupport"]),
        .testTarget(name: "RecipeFilesTests", dependencies: ["ModelTraining", "RecipeFiles"]),
        .testTarget(
            name: "LayerSkipTests",
            dependencies: ["CheckpointFiles", "LanguageModels", "LayerSkip", "LayerSkipDefaultModel", "TestSupport"]),
        .testTarget(
            name: "LayerSkipCommandTests",
            dependencies: ["CommandTesting", "LayerSkip", "LayerSkipCommand", "TestSupport", argumentParser]),
    ]
)

// Tools for work on the package itself. They exist only where this variable is set, so that users neither build them
// nor fetch what they need. The plugin of benchmarks looks for targets in a folder called Benchmarks.
switch Context.environment["LAYERSKIP_DEVELOPMENT"] {
case nil: break
case "hub":  // Builds only the tests of downloads, which need a trait and so a build folder of their own.
    let kept: Set = ["ModelHubTests", "ModelHubDownloadTests"]
    package.targets.removeAll { $0.type == .test && !kept.contains($0.name) }
case "fuzz":  // Links only with libFuzzer, so it would stop a build of everything.
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CLibc", "CheckpointFiles", "JinjaTemplates", "LanguageModels", "LayerSkip", "ModelHub",
                "ModelTraining", "RecipeFiles", "TensorCore", "TestSupport", "TextTokens",
            ], path: "Tests/Fuzz/Sources"))
default:
    let benchmark = Target.Dependency.product(name: "Benchmark", package: "benchmark")
    let plugin = Target.PluginUsage.plugin(name: "BenchmarkPlugin", package: "benchmark")
    package.dependencies.append(.package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
    package.targets += [
        .target(
            name: "CInstructionPeaks", dependencies: ["CTensorKernels"], path: "Benchmarks/CInstructionPeaks"),
        .executableTarget(
            name: "KernelBenchmarks",
            dependencies: ["CInstructionPeaks", "CLibc", "CTensorKernels", "LayerSkip", benchmark],
            path: "Benchmarks/KernelBenchmarks", plugins: [plugin]),
        .executableTarget(
            name: "ModelBenchmarks", dependencies: ["LayerSkip", benchmark], path: "Benchmarks/ModelBenchmarks",
            plugins: [plugin]),
        .executableTarget(
            name: "DenseProductTimes", dependencies: ["CInstructionPeaks", "CLibc", "CTensorKernels", "TensorCore"],
            path: "Benchmarks/DenseProductTimes"),
        .executableTarget(
            name: "TrainingStepTimes",
            dependencies: ["CLibc", "CheckpointFiles", "LanguageModels", "ModelTraining", "TensorCore"],
            path: "Benchmarks/TrainingStepTimes"),
        .executableTarget(
            name: "DecodingAllocations", dependencies: ["CLibc", "LayerSkip"], path: "Tests/DecodingAllocations"),
        .executableTarget(
            name: "PrintedLogits", dependencies: ["CheckpointFiles", "LayerSkip"], path: "Tests/PrintedLogits"),
        .executableTarget(
            name: "TokenLists", dependencies: ["CheckpointFiles", "LayerSkip", "TextTokens"], path: "Tests/TokenLists"),
        .executableTarget(
            name: "RenderedTemplates", dependencies: ["CheckpointFiles", "JinjaTemplates", "LayerSkip"],
            path: "Tests/RenderedTemplates"),
        .executableTarget(
            name: "Soak",
            dependencies: [
                "CLibc", "CheckpointFiles", "LanguageModels", "LayerSkip", "LayerSkipDefaultModel", "TensorCore",
                "TestSupport", argumentParser,
            ],
            path: "Tests/Soak"),
    ]
}

// One loop of settings.
let cTargets: Set = [
    "CBuildInformation", "CDefaultModel", "CFatalSignals", "CInstructionPeaks", "CMessagePassing", "CTensorKernels",
    "CUnicodeTables",
]
let memoryChecked: Set = [
    "QuotedText", "JinjaTemplates", "TextTokens", "LanguageModels", "TokenDecoding", "ModelTraining", "RecipeFiles",
    "LayerSkip", "LayerSkipCommand", "LayerSkipDefaultModel", "ModelHub", "ModelHubDownload",
]
for target in package.targets {
    if cTargets.contains(target.name) {
        // Optimised in debug too: a kernel at -O0 would make every test on a real model minutes long.
        target.cSettings = [
            .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
            .unsafeFlags(["-O3"], .when(configuration: .debug)),
        ]
        if target.name == "CBuildInformation" {
            // The manifest's own information about git is kept when the commit changes; a variable is not.
            let commit = (Context.environment["LAYERSKIP_COMMIT"] ?? "").filter { $0.isHexDigit || $0 == "+" }
            target.cSettings?.append(.define("LAYERSKIP_COMMIT", to: "\"\(commit)\""))
        }
        continue
    }
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if memoryChecked.contains(target.name) {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
