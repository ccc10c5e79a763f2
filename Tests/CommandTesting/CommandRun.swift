import Foundation
package import TestSupport
import Testing

/// A run of the built program: its exit code and output.
package struct CommandRun {
    /// The exit code; negative for the signal that ended the program.
    package let code: Int32
    package let output: String
    package let errors: String

    /// Runs the program with arguments.
    package init(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws {
        try self.init(script: "exec \"$LAYERSKIP\" \"$@\"", arguments, input: input, environment: environment)
    }

    /// Runs a shell script that finds the program in `$LAYERSKIP`, for tests that need a shell.
    package init(
        script: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:]
    ) throws {
        let folder = TemporaryFolder()
        // Files instead of pipes, which would have to be read at the right time.
        folder.write(Array(input.utf8), as: "input")
        for name in ["output", "errors"] { folder.write([], as: name) }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, "sh"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.environment?["LAYERSKIP"] = try Self.program
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder.file("input")))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.file("output")))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.file("errors")))
        try process.runWithoutBlockedSignals()
        let deadline = Date(timeIntervalSinceNow: 900)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.005) }
        if process.isRunning {
            Issue.record("still running after a quarter of an hour: \(arguments)")
            process.terminate()
        }
        process.waitUntilExit()
        code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        func contents(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: folder.file(name))), as: UTF8.self)
        }
        output = try contents("output")
        errors = try contents("errors")
    }

    /// The output as one JSON object.
    package var json: [String: Any] {
        get throws {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(errors)")
        }
    }

    /// The program next to the tests: `.build/debug/layerskip` next to `.build/debug/layerskipPackageTests.xctest`.
    private static var program: String {
        get throws {
            let bundles = CommandLine.arguments.compactMap { argument in
                argument.range(of: ".xctest").map { String(argument[..<$0.lowerBound]) }
            }
            let folders = bundles.map { URL(filePath: $0).deletingLastPathComponent() }
            let programs = folders.map { $0.appending(path: "layerskip").path(percentEncoded: false) }
            return try #require(programs.first { FileManager.default.isExecutableFile(atPath: $0) })
        }
    }
}

extension Process {
    /// Starts the program with signals unblocked that the test's thread may have blocked. A shell that inherits a
    /// blocked SIGCHLD never wakes from `wait`.
    fileprivate func runWithoutBlockedSignals() throws {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}

/// Files for commands to work on.
package struct CommandFiles {
    private let folder = TemporaryFolder()
    package let model: String

    /// A tiny model, and the files that a test adds.
    package init(_ change: (inout TinyLlamaFile) -> Void = { _ in }) throws {
        var tiny = TinyLlamaFile()
        tiny.layers = 4
        change(&tiny)
        model = folder.file("tiny.gguf")
        try tiny.write(to: model)
    }

    package var path: String { folder.path }

    package func file(_ name: String) -> String { folder.file(name) }

    package func write(_ text: String, as name: String) -> String { folder.write(Array(text.utf8), as: name) }

    package func write(_ bytes: [UInt8], as name: String) -> String { folder.write(bytes, as: name) }
}
