import CheckpointFiles
import LanguageModels
import TensorCore

/// The moments of all parameters, of which each process has its part. The first process writes all of them to a file,
/// a portion at a time, so that it never has them in memory together.
struct DistributedMoments {
    private let parameters: [Parameter]
    private let own: [AdamW.Moments]
    private let processes: any ProcessGroup
    private let shards: GradientShards

    /// About a megabyte.
    private static let portion = 1 << 18

    init(_ parameters: [Parameter], _ own: [AdamW.Moments], _ processes: any ProcessGroup) {
        self.parameters = parameters
        self.own = own
        self.processes = processes
        shards = GradientShards(parameters.map(\.count), processes: processes.size)
    }

    /// The two moments of all parameters, in the order of the file.
    private var tensors: [(name: String, parameter: Int, values: Tensor)] {
        parameters.indices.flatMap { index in
            let name = parameters[index].name
            return [("m.\(name)", index, own[index].first), ("v.\(name)", index, own[index].second)]
        }
    }

    /// The portions of a process's part of a parameter, counted from the part's first element.
    private func portions(of parameter: Int, _ process: Int) -> [Range<Int>] {
        let count = shards.ranges[process][parameter].count
        return stride(from: 0, to: count, by: Self.portion).map { $0..<min($0 + Self.portion, count) }
    }

    /// Sends this process's part to the first.
    func send() throws(ProcessGroupError) {
        for tensor in tensors {
            for range in portions(of: tensor.parameter, processes.rank) {
                try processes.exchange([Message(peer: 0, tensor.values, range)], [], isPatient: true)
            }
        }
    }

    /// Writes all parts to a file.
    func write(to path: String) throws {
        var writer = SafetensorsWriter()
        for tensor in tensors {
            let parameter = parameters[tensor.parameter]
            let shape = parameter.rows == 1 ? [parameter.columns] : [parameter.rows, parameter.columns]
            let job = Sending(self)
            writer.add(tensor.name, .f32, shape: shape) { (output) throws(CheckpointError) in
                try job.moments.write(tensor.values, of: tensor.parameter, to: output)
            }
        }
        try writer.write(to: path)
    }

    private func write(_ values: Tensor, of parameter: Int, to output: ByteOutput) throws(CheckpointError) {
        for process in 0..<processes.size {
            for range in portions(of: parameter, process) {
                if process == 0 {
                    let part = Tensor(sharing: values, elements: range).values
                    unsafe try output(part.span.bytes)
                } else {
                    let part = Tensor(zeroRows: 1, columns: range.count)
                    do {
                        try processes.exchange(
                            [], [Message(peer: process, part, 0..<range.count)], isPatient: true)
                    } catch {
                        throw CheckpointError(
                            file: TrainingCheckpoint.Name.optimizer, expected: "the moments of process \(process)",
                            found: "\(error)")
                    }
                    let values = part.values
                    unsafe try output(values.span.bytes)
                }
            }
        }
    }

    /// Carries the moments into a closure, which the writer calls in the same thread.
    private struct Sending: @unchecked Sendable {
        let moments: DistributedMoments

        init(_ moments: DistributedMoments) { self.moments = moments }
    }
}
