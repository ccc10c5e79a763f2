import CheckpointFiles
import TensorCore

/// Loading for inference that also writes the packed weights to a ``PackedFile``. A failure to write is kept, and the
/// loading goes on.
final class KeptLoading: WeightLoading {
    private let loading: PackedLoading
    private var file: ReplacementFile?
    /// The reason why the file could not be written.
    private(set) var failure: FileError?

    init(_ loading: PackedLoading, to packed: PackedFile) {
        self.loading = loading
        do throws(FileError) {
            file = try packed.create()
        } catch {
            failure = error
        }
    }

    func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix {
        kept(try loading.matrix(tensor, from: source))
    }

    func matrix(
        _ tensor: ModelTensor, rows: Range<Int>, from source: any TensorSource
    ) throws(CheckpointError) -> Matrix {
        kept(try loading.matrix(tensor, rows: rows, from: source))
    }

    func vector(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Tensor {
        let vector = try loading.vector(tensor, from: source)
        vector.withRow(0) { unsafe write($0.bytes) }
        return vector
    }

    private func kept(_ matrix: Matrix) -> Matrix {
        if case .packed(let matrix) = matrix { matrix.withPanels { write($0) } }
        return matrix
    }

    private func write(_ bytes: RawSpan) {
        do throws(FileError) {
            try file?.write(bytes)
            try file?.write([UInt8](repeating: 0, count: bytes.byteCount.padding(to: PackedFile.alignment)))
        } catch {
            failure = error
            file = nil
        }
    }

    /// Gives the file its name, once all weights are in it.
    func commit() {
        guard let complete = file.take() else { return }
        do throws(FileError) {
            try complete.seal(modified: PackedFile.sealTime)
            try complete.commit()
        } catch {
            failure = error
        }
    }
}
