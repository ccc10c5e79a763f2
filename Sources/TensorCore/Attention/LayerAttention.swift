import CTensorKernels

/// The part of attention that differs from layer to layer, as addresses and numbers.
struct LayerAttention: @unchecked Sendable {
    /// The number of layers between the batch's pages and this layer's.
    var layersAhead = 0
    var rotation: Rotation
    /// The last positions that a row attends to; the largest number if all.
    var window: Int
    /// Norms of each head, before the rotation.
    var queryNorm: NormAddresses?
    var keyNorm: NormAddresses?
    /// A factor of queries, before the rotation.
    var queryScale: Float = 1

    /// - Parameter angles: those of the rule's rotation for each row.
    init(_ rule: PositionRule, angles: UnsafePointer<Float>) {
        rotation = Rotation(rule.rotary, angles)
        // So large that it hides nothing, and small enough for sums with positions.
        window = rule.window ?? Int(Int32.max)
    }
}

/// The rotation of each row's heads.
struct Rotation: @unchecked Sendable {
    /// [rows, count]: cosines, then sines.
    let angles: UnsafePointer<Float>
    /// Coordinates of a head that rotate.
    let count: Int
    let pairing: Int32

    init(_ rotary: RotaryEmbedding, _ angles: UnsafePointer<Float>) {
        self.angles = angles
        count = rotary.dimensionCount
        pairing = rotary.pairing.kernelPairing
    }

    /// Rotates consecutive heads of one row in place.
    func rotate(
        _ x: UnsafeMutablePointer<Float>, heads: Int, of size: Int, row: Int, _ kernels: KernelTable
    ) {
        guard count > 0 else { return }
        let cosines = angles + row * count
        kernels.functions.pointee.rotate(x, heads, size, count, cosines, cosines + count / 2, pairing)
    }
}

/// An RMS norm as addresses and numbers.
struct NormAddresses: @unchecked Sendable {
    private let gain: UnsafePointer<Float>
    private let epsilon: Float
    /// The number of gains.
    let width: Int

    /// The norm's gains must outlive this value.
    init(_ norm: RMSNorm) {
        gain = UnsafePointer(norm.gain.pointer)
        epsilon = norm.epsilon
        width = norm.gain.columns
    }

    /// y = norm(x) for one row, or one head, of as many values as gains. y may be x.
    func apply(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ kernels: KernelTable) {
        kernels.functions.pointee.rms_norm(x, gain, width, epsilon, y)
    }
}
