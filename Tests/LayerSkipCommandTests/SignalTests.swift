import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@Suite("Signals")
struct SignalTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles { $0.contextLength = 4096 } }

    /// Pauses an export of the default model while its output is half written, and then acts on it.
    private func export(_ target: String, then action: String) throws -> CommandRun {
        let script = """
            for attempt in 1 2 3 4 5 6 7 8 9 10; do
                "$LAYERSKIP" export --to \(target) --quantize f32 --output "$1/new" &
                pid=$!
                until [ -n "$(find "$1" -name '*.partial')" ] || [ -e "$1/new" ]; do
                    grep -q '^State:.*Z' /proc/$pid/status && exit 98
                done
                kill -STOP $pid
                # Not when all 67 MB are written already.
                if [ ! -e "$1/new" ] && [ -z "$(find "$1" -type f -size +40000k)" ]; then
                    \(action)
                    wait $pid; exit $?
                fi
                kill -KILL $pid; wait $pid; rm -rf "$1/new"
            done
            exit 99
            """
        return try CommandRun(script: script, [files.file("place")])
    }

    @Test(arguments: ["TERM", "HUP", "INT"]) func anExportLeavesNothing(signal: String) throws {
        for target in ["gguf", "safetensors"] {
            try Folder.make(files.file("place"))
            let run = try export(target, then: "kill -s \(signal) $pid; kill -CONT $pid")
            #expect(run.code == 1, "\(run.errors)")
            #expect(run.errors.contains("error: interrupted before there was a result"))
            #expect(Folder.names(in: files.file("place")).isEmpty)
        }
    }

    /// The next export to the same place removes it, even with other parts.
    @Test func whatAKilledSplitExportLeftIsRemoved() throws {
        let place = files.file("place")
        try Folder.make(place)
        #expect(try export("gguf --split-size 4M", then: "kill -KILL $pid").code == 128 + SIGKILL)
        #expect(Folder.names(in: place).count == 1 && Folder.names(in: place)[0].hasSuffix(".partial"))
        let run = try CommandRun(["export", "--to", "gguf", "--split-size", "9M", "--output", "\(place)/new.gguf"])
        #expect(run.code == 0, "\(run.errors)")
        #expect(Folder.names(in: place).allSatisfy { $0.hasPrefix("new-") && $0.hasSuffix(".gguf") })
    }

    /// The second Ctrl-C ends the program before it can clean up, so the signal's handler removes all parts.
    @Test func theSecondSignalRemovesAllParts() throws {
        let place = files.file("place")
        try Folder.make(place)
        let script = """
            for attempt in 1 2 3 4 5 6 7 8 9 10; do
                "$LAYERSKIP" export --to gguf --quantize f32 --split-size 500K --output "$1/new" &
                pid=$!
                # More parts than the handler's table has at first.
                until [ "$(find "$1" -path '*.partial/*' | wc -l)" -gt 40 ]; do
                    grep -q '^State:.*Z' /proc/$pid/status && exit 98
                done
                # The program stops after it has noted the signal and, in most attempts, before it has acted on it.
                kill -INT $pid; sleep 0.001; kill -STOP $pid
                sleep 0.3
                find "$1" -path '*.partial/*' | grep -q . && paused=1 || paused=
                kill -INT $pid; kill -CONT $pid
                wait $pid
                code=$?
                find "$1" -mindepth 1 | grep . >&2 && exit 97
                [ "$paused" ] && [ $code = 130 ] && exit 0
            done
            exit 99
            """
        let run = try CommandRun(script: script, [place])
        #expect(run.code == 0, "\(run.errors)")
    }

    /// Waits until a program catches SIGTERM (bit 14 of those caught) and sleeps because it has nothing to do.
    private let untilItWaits = """
        until grep -qs '^SigCgt:.*[4-7c-f]...$' /proc/$pid/status && [ "$(cut -d ' ' -f 3 /proc/$pid/stat)" = S ]; do
            grep -q '^State:.*Z' /proc/$pid/status && exit 99
            sleep 0.02
        done
        """

    @Test(arguments: ["TERM", "HUP", "INT"]) func theWaitForAReaderEnds(signal: String) throws {
        let script = """
            mkfifo "$2"
            "$LAYERSKIP" export "$1" --to gguf --output "$2" &
            pid=$!
            # The pipe is open but never read, so the program waits for space in it.
            exec 5<"$2"
            \(untilItWaits)
            kill -s \(signal) $pid; wait $pid
            """
        let run = try CommandRun(script: script, [files.model, files.file("pipe")])
        #expect(run.code == 1, "\(run.errors)")
        #expect(run.errors.contains("interrupt"))
    }

    @Test(arguments: ["TERM", "HUP"]) func theWaitForAPromptEnds(signal: String) throws {
        for command in ["generate", "chat"] {
            // A pipe opened for reading and writing never ends.
            let script = """
                mkfifo "$2"
                "$LAYERSKIP" \(command) --model "$1" <>"$2" &
                pid=$!
                \(untilItWaits)
                kill -s \(signal) $pid; wait $pid
                """
            let run = try CommandRun(script: script, [files.model, files.file("pipe-\(command)")])
            #expect(run.code == 1, "\(command): \(run.errors)")
            #expect(run.errors.contains("interrupted"))
        }
    }

    /// `nohup` starts programs that way.
    @Test func aSignalThatWasIgnoredStaysSo() throws {
        let script = """
            mkfifo "$2"
            trap '' HUP
            "$LAYERSKIP" generate --model "$1" --max-tokens 2 <"$2" &
            pid=$!
            exec 5>"$2"
            \(untilItWaits)
            kill -HUP $pid
            echo hello >&5; exec 5>&-
            wait $pid
            """
        let run = try CommandRun(script: script, [files.model, files.file("pipe")])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("2 tokens"))
    }

    @Test func theSecondSignalEndsTheProgram() throws {
        // The output is not read and the text is already tokenized, so the first signal has no effect.
        let text = files.write(String(repeating: "the cat and the dog. ", count: 20_000), as: "text")
        let script = """
            mkfifo "$2"
            "$LAYERSKIP" tokenize --model "$1" <"$3" >"$2" &
            pid=$!
            exec 5<"$2"
            head -c 1 <&5 >/dev/null
            \(untilItWaits)
            kill -TERM $pid; sleep 0.3; kill -0 $pid || exit 98
            kill -INT $pid
            wait $pid
            """
        let run = try CommandRun(script: script, [files.model, files.file("pipe"), text])
        // The code with which a shell reports the end by SIGINT.
        #expect(run.code == 130, "\(run.errors)")
    }
}

@Suite("Models that change while they are read")
struct ChangedModelTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles { $0.vocabularySize = 4000 } }

    /// Changes a model while its export waits for the reader of a pipe, which has read the first bytes.
    private func export(_ change: String) throws -> CommandRun {
        let script = """
            mkfifo "$2"
            "$LAYERSKIP" export "$1" --to gguf --output "$2" &
            pid=$!
            exec 5<"$2"
            head -c 1 <&5 >/dev/null
            \(change)
            cat <&5 >/dev/null
            wait $pid
            """
        return try CommandRun(script: script, [files.model, files.file("pipe")])
    }

    @Test func aTruncatedModelIsNamed() throws {
        let size = try #require(try FileManager.default.attributesOfItem(atPath: files.model)[.size] as? Int)
        #expect(size > 1 << 20)
        let run = try export("truncate -s 4096 \"$1\"")
        #expect(run.code == 1)
        #expect(
            run.errors
                == "error: \(files.model): expected \(size) bytes, found a shorter file: it was truncated while it was "
                + "being read\n")
    }

    @Test func aModelThatIsWrittenToIsAnError() throws {
        let run = try export("sleep 0.05; printf x | dd of=\"$1\" bs=1 seek=900000 conv=notrunc 2>/dev/null")
        #expect(run.code == 1)
        #expect(run.errors.contains("\(files.model): expected a file that does not change while it is read"))
    }

    @Test func aModelThatIsReplacedIsNone() throws {
        let run = try export("cp \"$1\" \"$1.new\"; mv \"$1.new\" \"$1\"")
        #expect(run.code == 0, "\(run.errors)")
    }
}
