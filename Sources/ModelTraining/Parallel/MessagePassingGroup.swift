import CLibc
import CMessagePassing
import Synchronization
import TensorCore

/// The processes that mpirun or srun has started, connected by an MPI library that is loaded at run time.
package final class MessagePassingGroup: ProcessGroup, Sendable {
    package let rank: Int
    package let size: Int
    package let host: String
    package var overlaps: Bool { overlap.load(ordering: .relaxed) }
    private let overlap = Atomic<Bool>(false)
    /// The library's name and version.
    package let library: String
    private let watch: JobWatch

    /// Joins the group that a launcher has started. Can succeed only once in a program.
    ///
    /// - Parameter onLoss: called in another thread, with a message, if the launcher does not end this process although
    ///   others of its job have ended. MPI may then wait forever, so it must end the process.
    /// - Throws: if there is no usable library, or if it does not belong to the launcher.
    package init(_ launcher: Launcher, onLoss: @escaping @Sendable (String) -> Void) throws(ProcessGroupError) {
        try Self.load(launcher)
        watch = JobWatch(onLoss)
        watch.start()
        library = unsafe String(cString: cmp_version())
        var (rank, size): (Int32, Int32) = (0, 1)
        guard unsafe cmp_join(&rank, &size) else {
            throw ProcessGroupError("MPI: expected \(library) to start, found \(Self.failure)")
        }
        guard size == launcher.size else {
            throw ProcessGroupError(
                "MPI: expected a job of \(launcher.size) processes, as \(launcher.variable) says, found \(size) in "
                    + "\(library); start with the mpirun of this library, or with srun --mpi=pmix or --mpi=pmi2, or "
                    + "name another library in LAYERSKIP_MPI")
        }
        self.rank = Int(rank)
        self.size = Int(size)
        host = Self.hostName
        let hosts = try collect(host)
        let choice = Launcher.environment("LAYERSKIP_MPI_OVERLAP")
        overlap.store(choice.map { $0 != "0" } ?? (Set(hosts).count > 1), ordering: .relaxed)
        watch.add(try collect("\(host) \(ProcessIdentity.own)"), onHost: host)
    }

    private static var failure: String { unsafe String(cString: cmp_failure()) }

    private static func load(_ launcher: Launcher) throws(ProcessGroupError) {
        if let path = Launcher.environment("LAYERSKIP_MPI"), !path.isEmpty {
            if unsafe cmp_load(path, CMP_OPEN_MPI) { return }
            let first = failure
            if unsafe cmp_load(path, CMP_MPICH) { return }
            throw ProcessGroupError(
                "LAYERSKIP_MPI: expected the library of Open MPI or MPICH, found \(path) (\(first); \(failure))")
        }
        var found: [String] = []
        for interface in launcher.interfaces {
            for name in interface.libraries {
                if unsafe cmp_load(name, interface == .openMPI ? CMP_OPEN_MPI : CMP_MPICH) { return }
                found.append(failure)
            }
        }
        let package = launcher.interfaces == [.openMPI] ? "libopenmpi3" : "libmpich12 or libopenmpi3"
        throw ProcessGroupError(
            "MPI: expected the library of the launcher, since \(launcher.variable) is \(launcher.size), found none "
                + "(\(found.first ?? "")); install it (Debian and Ubuntu: \(package)) or name its file in "
                + "LAYERSKIP_MPI, or train in a single process without a launcher")
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package func exchange(
        _ outgoing: [Message], _ incoming: [Message], isPatient: @autoclosure () -> Bool
    ) throws(ProcessGroupError) {
        // Receives first, so that a message has a place when it arrives.
        for message in incoming { try begin(message, isIncoming: true) }
        for message in outgoing { try begin(message, isIncoming: false) }
        var attempts = 0
        while true {
            let progress = cmp_advance()
            if progress > 0 { break }
            if progress < 0 { throw lost() }
            attempts += 1
            // Each call moves a limited number of bytes. Data arrives soon, or other threads need the cores: those of other
            // processes, or this one's, which would run for milliseconds if this thread yielded to them.
            if isPatient() {
                if attempts % 4 == 0 { usleep(200) }
            } else if attempts > 50 {
                sched_yield()
            }
        }
        withExtendedLifetime((outgoing, incoming)) {}
    }

    /// Begins to send or receive a message.
    private func begin(_ message: Message, isIncoming: Bool) throws(ProcessGroupError) {
        // One message of MPI has at most 2 GiB. Both sides divide alike.
        let limit = 1 << 30
        let peer = Int32(message.peer)
        for start in stride(from: message.bytes.lowerBound, to: message.bytes.upperBound, by: limit) {
            let count = min(limit, message.bytes.upperBound - start)
            let begun = message.storage.withBytes { all in
                unsafe all.withUnsafeBytes { all in
                    guard let base = all.baseAddress else { return false }
                    // The memory is on the heap and stays there while the message lives, until the exchange ends.
                    let address = unsafe UnsafeMutableRawPointer(mutating: base + start)
                    return unsafe isIncoming ? cmp_receive(address, count, peer) : cmp_send(address, count, peer)
                }
            }
            if !begun { throw lost() }
        }
    }

    private func lost() -> ProcessGroupError {
        ProcessGroupError(
            "process \(rank) on \(host): expected all \(size) processes to be there, found that MPI has lost one "
                + "(\(Self.failure)); rerun the command to resume from the newest checkpoint")
    }

    package func abort() {
        watch.expectEnd()
        cmp_abort(1)
    }

    package func leave() {
        // The first process may still be busy for long.
        guard (try? collect([0])) != nil else { return abort() }
        watch.expectEnd()
        cmp_leave()
        watch.stop()
    }
}
