import CLibc

/// How a launcher of several processes, such as mpirun or srun, started this one.
package struct Launcher: Sendable, Equatable {
    /// The launcher's environment variable that states the number of processes, for messages.
    package let variable: String
    /// The number of processes.
    package let size: Int
    /// This process's number, 0 if unknown. Only for messages before the process has joined the others.
    package let rank: Int
    /// The MPI libraries that it can work with, the likeliest first.
    let interfaces: [MessagePassingInterface]

    /// Returns the launcher that environment variables tell of; nil if this process was started alone.
    ///
    /// The variables of SLURM's job step are read, not those of its job, which a batch script has too.
    package init?(_ environment: (String) -> String? = Launcher.environment) {
        let isOpenMPI = environment("OMPI_COMM_WORLD_SIZE") != nil || environment("PMIX_RANK") != nil
        let either: [MessagePassingInterface] = isOpenMPI ? [.openMPI, .mpich] : [.mpich, .openMPI]
        let known: [(size: String, rank: String, interfaces: [MessagePassingInterface])] = [
            ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", [.openMPI]), ("PMI_SIZE", "PMI_RANK", either),
            ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID", either), ("WORLD_SIZE", "RANK", either),
        ]
        for (variable, rank, interfaces) in known {
            guard let size = environment(variable).flatMap({ Int($0) }), size > 1 else { continue }
            self.variable = variable
            self.size = size
            self.rank = environment(rank).flatMap { Int($0) } ?? 0
            self.interfaces = interfaces
            return
        }
        return nil
    }

    /// A variable of this process's environment.
    package static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

/// A binary interface of MPI libraries.
package enum MessagePassingInterface: Sendable {
    case openMPI
    /// MPICH and the libraries with its interface: Intel MPI, MVAPICH, Cray MPICH.
    case mpich

    /// The names under which the library may be installed.
    var libraries: [String] {
        switch self {
        case .openMPI: ["libmpi.so.40", "libmpi.so.80", "libmpi.dylib"]
        case .mpich: ["libmpich.so.12", "libmpi.so.12", "libmpi_cray.so.12", "libmpi.12.dylib"]
        }
    }
}
