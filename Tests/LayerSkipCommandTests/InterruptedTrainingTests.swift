import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("interrupted train")
struct InterruptedTrainingTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

    @Test func killedAtAnyMomentItEndsWithTheSameBits() throws {
        #expect(try files.train("whole", "steps=40", "checkpoints.every=3").code == 0)
        // Kills at moments from before the first step to near the end. Each run resumes after the previous kill.
        let kills = try files.script(
            """
            for moment in 0.1 0.2 0.15 0.3 0.25 0.2; do
                timeout -s KILL $moment "$LAYERSKIP" train "$@" >/dev/null 2>&1
                echo $?
            done
            """, "killed", "steps=40", "checkpoints.every=3")
        #expect(kills.output.contains("137"), "\(kills.output)")
        let last = try files.train("killed", "steps=40", "checkpoints.every=3")
        #expect(last.code == 0, "\(last.errors)")
        try files.expectSameBits("killed", "whole")
        #expect(files.names("killed/checkpoints").allSatisfy { !$0.hasSuffix(".partial") })
        #expect(try files.metrics("killed") == files.metrics("whole"))
    }

    @Test(arguments: ["TERM", "INT", "HUP"]) func askedToStopItLeavesACheckpoint(_ signal: String) throws {
        let arguments = ["steps=3000", "checkpoints.every=3000", "validation.every=0"]
        let run = try files.script(
            """
            "$LAYERSKIP" train "$@" &
            pid=$!
            # Wait for the first step.
            until grep -q step "$RUN/metrics.jsonl" 2>/dev/null; do kill -0 $pid || exit 9; sleep 0.02; done
            kill -s \(signal) $pid
            wait $pid
            """, "stopped", arguments)
        #expect(run.code == 1)
        let step = try #require(files.steps("stopped").last)
        #expect(
            run.errors.hasSuffix("error: stopped after step \(step) of 3000; rerun the command to resume\n"))
        #expect(try files.metrics("stopped").count == step)
    }

    /// The folder is the result, and messages do not end up in a file that was opened with a standard number.
    @Test func closedOutputsAreNoFailure() throws {
        #expect(try files.train("open").code == 0)
        for closed in [">&-", "2>&-", "<&- >&- 2>&-"] {
            let run = try files.script("rm -rf \"$RUN\"; \"$LAYERSKIP\" train \"$@\" \(closed)", "closed")
            #expect(run.code == 0, "\(closed): \(run.errors)")
            try files.expectSameBits("closed", "open")
            #expect(try files.metrics("closed") == files.metrics("open"))
        }
        let full = try files.script("\"$LAYERSKIP\" train \"$@\" >/dev/full", "open")
        #expect(full.code == 0 && full.errors.contains("note: standard output: expected to write"), "\(full.errors)")
    }

    @Test func aFullDiskIsAnErrorAndLeavesTheLastCheckpoint() throws {
        #expect(try files.train("full", "steps=12").code == 0)
        let removal = try files.script("rm -r \"$RUN/checkpoints/step-12\"", "full")
        #expect(removal.code == 0)
        let before = files.names("full/checkpoints")
        #expect(!before.isEmpty)
        // A limit on file sizes simulates a full disk.
        let run = try files.script(
            "trap '' XFSZ; ulimit -f 40; exec \"$LAYERSKIP\" train \"$@\"", "full", ["steps=12"])
        #expect(run.code == 1)
        #expect(run.errors.contains("expected a disk that can be written to, found File too large"), "\(run.errors)")
        #expect(files.names("full/checkpoints") == before)
    }
}
