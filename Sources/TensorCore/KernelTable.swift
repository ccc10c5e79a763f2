import CTensorKernels
import CLibc

/// The inner loops for one instruction set, chosen at run time.
///
/// Within one table every result is reproducible bit for bit. All vector tables give identical bits, with two
/// exceptions: BF16 weights and bf16 training in `avx512bf16`, and bf16 training in `amx`. The scalar table agrees with
/// them to a tolerance.
public struct KernelTable: @unchecked Sendable, CustomStringConvertible {
    // Points to a constant of the C module, which lives as long as the program.
    let functions: UnsafePointer<ctk_table>

    /// `scalar`; `avx2`, `avx512`, `avx512bf16` or `amx` on x86-64; `neon` or `neoni8mm` on arm64.
    public var name: String { String(cString: functions.pointee.name) }

    /// Its name.
    public var description: String { name }

    /// The tables that this CPU can run, the fastest last.
    public static let available: [KernelTable] = (0..<ctk_table_count()).compactMap { index in
        ctk_table_at(index).map { KernelTable(functions: $0) }
    }

    /// The fastest table, or the one that the environment variable `LAYERSKIP_KERNELS` names.
    ///
    /// - Throws: ``KernelTableError`` when the variable names an unknown table or one that this CPU cannot run.
    public static func selected() throws(KernelTableError) -> KernelTable {
        guard let name = getenv("LAYERSKIP_KERNELS").map({ String(cString: $0) }), !name.isEmpty else {
            return available[available.count - 1]
        }
        return try named(name)
    }

    /// The table called `name`.
    ///
    /// - Throws: ``KernelTableError`` when there is no such table, or this CPU cannot run it.
    public static func named(_ name: String) throws(KernelTableError) -> KernelTable {
        // Requests no other table: a system's permission to use `amx` cannot be returned.
        let index = (0..<ctk_table_count()).first { ctk_table_name($0).map { String(cString: $0) } == name }
        guard let table = index.flatMap({ ctk_table_at($0) }) else {
            throw KernelTableError(found: name, expected: available.map(\.name))
        }
        return KernelTable(functions: table)
    }

    /// The kernels of a weight format. They live as long as the program.
    func format(_ dtype: DType) -> UnsafePointer<ctk_format_kernels> {
        // The C array is imported as a tuple; its elements lie one after the other.
        let formats = UnsafeRawPointer(functions) + Self.formatsOffset
        return formats.assumingMemoryBound(to: ctk_format_kernels.self) + dtype.kernelFormat
    }

    /// The kernels of a cache format.
    func cache(_ format: CacheFormat) -> UnsafePointer<ctk_cache_kernels> {
        let caches = UnsafeRawPointer(functions) + Self.cachesOffset
        return caches.assumingMemoryBound(to: ctk_cache_kernels.self) + format.kernelFormat
    }

    /// The kernels of a dense product.
    func dense(_ precision: ProductPrecision) -> UnsafePointer<ctk_dense_kernels> {
        let dense = UnsafeRawPointer(functions) + Self.denseOffset
        return dense.assumingMemoryBound(to: ctk_dense_kernels.self) + precision.kernelIndex
    }

    /// The name of a table's training arithmetic; tables with the same name give the same bits. It is `vector` for all
    /// vector tables except those with their own products in this precision.
    package func arithmetic(_ precision: ProductPrecision) -> String {
        let hasOwnProducts = dense(precision).pointee.depths_per_step != dense(.f32).pointee.depths_per_step
        return hasOwnProducts || name == "scalar" ? name : "vector"
    }

    /// The kernels of training's attention.
    func attention(_ precision: ProductPrecision) -> UnsafePointer<ctk_attention_kernels> {
        let attention = UnsafeRawPointer(functions) + Self.attentionOffset
        return attention.assumingMemoryBound(to: ctk_attention_kernels.self) + precision.kernelIndex
    }

    private static let attentionOffset = MemoryLayout<ctk_table>.offset(of: \.attention).unsafelyUnwrapped
    private static let cachesOffset = MemoryLayout<ctk_table>.offset(of: \.caches).unsafelyUnwrapped
    private static let denseOffset = MemoryLayout<ctk_table>.offset(of: \.dense).unsafelyUnwrapped
    private static let formatsOffset = MemoryLayout<ctk_table>.offset(of: \.formats).unsafelyUnwrapped
}

/// The error for a kernel table that this machine does not have.
public struct KernelTableError: Error, CustomStringConvertible, Equatable {
    /// The requested name.
    public let found: String
    /// The names of the tables that can run here.
    public let expected: [String]

    /// What was expected, what was found and what to do.
    public var description: String {
        """
        kernel table: expected one of \(expected.joined(separator: ", ")) on this CPU, found "\(found)"; set \
        LAYERSKIP_KERNELS to one of these, or unset it for the fastest
        """
    }
}
