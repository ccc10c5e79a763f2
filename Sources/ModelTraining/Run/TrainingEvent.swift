/// What happens in a run, for whoever watches.
public enum TrainingEvent: Sendable {
    /// A step was made.
    case step(StepMetrics)
    /// The exits were measured.
    case validation(ValidationMetrics)
    /// The path of a new checkpoint.
    case checkpoint(String)
}

/// How a run ended.
public enum TrainingOutcome: Sendable, Equatable {
    /// With its last step.
    case finished
    /// On request, after `step` steps; running it again resumes there.
    case stopped(step: Int)
}
