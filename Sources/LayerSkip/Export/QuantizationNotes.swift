import CheckpointFiles
import LanguageModels
import TensorCore

/// Notes for people on the formats of an export's matrices.
struct QuantizationNotes {
    /// Matrices whose rows are not whole blocks of the planned format.
    private struct Misfit: Hashable {
        let columns: Int
        let planned: DType
        let actual: DType
    }

    private var misfits: Set<Misfit> = []
    /// The formats of matrices that are quantized a second time.
    private var quantizedBefore: Set<DType> = []
    private var names: Set<String> = []
    /// The matrices of layers whose quantization an importance matrix improves.
    private var searched: [String] = []

    /// Notes the formats of a matrix.
    ///
    /// - Parameter planned: the format that it would have if its rows were whole blocks.
    mutating func add(_ tensor: ModelTensor, from stored: DType, to dtype: DType, planned: DType) {
        if planned != dtype {
            misfits.insert(Misfit(columns: tensor.shape[1], planned: planned, actual: dtype))
        }
        names.insert(tensor.ggufName)
        guard dtype.isQuantized, dtype != stored else { return }
        if stored.isQuantized { quantizedBefore.insert(stored) }
        // Importance matrices need not have the embedding and the head; llama-imatrix leaves them out.
        // Q8_0 and MXFP4 have no search.
        if ![.q8_0, .mxfp4].contains(dtype), ![.embedding, .head].contains(tensor.role) {
            searched.append(tensor.ggufName)
        }
    }

    func texts(importance: ImportanceMatrix?) -> [String] {
        misfitNotes + sourceNotes + (importance.map(importanceNotes) ?? [])
    }

    private var misfitNotes: [String] {
        let ordered = misfits.sorted { ($0.columns, $0.planned.rawValue) < ($1.columns, $1.planned.rawValue) }
        return ordered.map {
            "matrices of \($0.columns) columns, no multiple of \($0.planned.elementsPerBlock), are "
                + "\($0.actual.rawValue) instead of \($0.planned.rawValue)"
        }
    }

    private var sourceNotes: [String] {
        guard !quantizedBefore.isEmpty else { return [] }
        let formats = quantizedBefore.map(\.rawValue).sorted().joined(separator: ", ")
        return [
            "matrices are quantized from \(formats), so errors add up; a source in F32, F16 or BF16 gives better ones"
        ]
    }

    private func importanceNotes(_ importance: ImportanceMatrix) -> [String] {
        func list(_ names: [String]) -> String {
            names.prefix(3).map(\.quoted).joined(separator: ", ")
                + (names.count > 3 ? " and \(names.count - 3) more" : "")
        }
        if searched.isEmpty { return ["the importance matrix has no effect on these formats"] }
        var notes: [String] = []
        let missing = searched.filter { importance[$0] == nil }
        if !missing.isEmpty {
            notes.append("without importance, since the matrix has no such entries: \(list(missing))")
        }
        let idle = searched.filter(importance.lacksInputs)
        if !idle.isEmpty {
            notes.append(
                "all columns count equally, since the importance matrix saw no inputs of "
                    + "\(idle.count.counted("tensor")): \(list(idle))")
        }
        let unused = importance.names.filter { !names.contains($0) }
        if !unused.isEmpty { notes.append("entries of the importance matrix that the model lacks: \(list(unused))") }
        return notes
    }
}
