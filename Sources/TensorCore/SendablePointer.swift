/// An address that a parallel region may share between its threads.
struct SendablePointer: @unchecked Sendable {
    let address: UnsafeRawPointer
    init(_ address: UnsafeRawPointer) { self.address = address }
}
