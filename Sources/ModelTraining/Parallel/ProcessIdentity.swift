import CLibc
import TensorCore

/// A process of this computer, which can be told from later ones with the same number.
struct ProcessIdentity: Sendable, Hashable, CustomStringConvertible {
    let number: Int32
    /// When it started, in units of the system; 0 if unknown.
    let start: UInt64

    /// This process.
    static var own: ProcessIdentity { ProcessIdentity(number: getpid()) }

    /// The process that has a number now.
    init(number: Int32) {
        self.number = number
        start = SystemProcess(number)?.start ?? 0
    }

    /// The inverse of ``description``.
    init?(_ text: some StringProtocol) {
        let numbers = text.split(separator: "+")
        guard numbers.count == 2, let number = Int32(numbers[0]), let start = UInt64(numbers[1]) else { return nil }
        self.number = number
        self.start = start
    }

    var description: String { "\(number)+\(start)" }

    /// Whether the process has not ended. One that waits for its parent to notice its end has ended.
    var isRunning: Bool {
        #if os(Linux)
            guard let process = SystemProcess(number) else { return false }
            return process.start == start && process.state != "Z" && process.state != "X"
        #else
            return kill(number, 0) == 0 || errno != ESRCH
        #endif
    }

    /// The children of this process's parent that run the same program, itself excluded; none where the system does not
    /// tell.
    static var siblings: [ProcessIdentity] {
        let parent = getppid()
        guard let children = SystemFile.firstLine("/proc/\(parent)/task/\(parent)/children"),
            let name = SystemProcess(getpid())?.name
        else { return [] }
        return children.split(separator: " ").compactMap { Int32($0) }.filter { number in
            number != getpid() && SystemProcess(number)?.name == name
        }.map(ProcessIdentity.init(number:))
    }
}

/// What Linux tells of a process: proc_pid_stat(5).
private struct SystemProcess {
    let name: Substring
    let state: Substring
    let start: UInt64

    /// nil if there is no such process.
    init?(_ number: Int32) {
        // The name, in parentheses, may contain spaces and parentheses.
        guard let line = SystemFile.firstLine("/proc/\(number)/stat"), let open = line.firstIndex(of: "("),
            let close = line.lastIndex(of: ")")
        else { return nil }
        let fields = line[line.index(after: close)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]) else { return nil }
        name = line[line.index(after: open)..<close]
        state = fields[0]
        self.start = start
    }
}
