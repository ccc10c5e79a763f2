import TensorCore
import TestSupport

extension TinyShape {
    /// The shapes that a slow test uses on a kernel table: all of them. A debug build is about ten times slower and has
    /// the same kernels, so there f32 has every shape and each other format has one; and on the scalar table, whose
    /// kernels take a hundred times as long as others, there is only f32.
    static func tested(on table: String) -> [TinyShape] {
        #if DEBUG
            DType.allCases.enumerated().flatMap { index, format in
                let shapes = all.filter { $0.file.matrixType == format }
                if format == .f32 || shapes.isEmpty { return shapes }
                return table == "scalar" ? [] : [shapes[index % shapes.count]]
            }
        #else
            all
        #endif
    }

    /// Every table with its shapes.
    static let onTables: [(table: String, shape: TinyShape)] = tableNames.flatMap { table in
        tested(on: table).map { (table, $0) }
    }
}
