/// An event in a run, for showing progress.
public enum TrainingEvent: Sendable {
    /// A step was completed.
    case step(StepMetrics)
    /// The exits were measured.
    case validation(ValidationMetrics)
    /// A checkpoint was written at this path.
    case checkpoint(String)
}

/// How a run ended.
public enum TrainingOutcome: Sendable, Equatable {
    /// It completed its last step.
    case finished
    /// It ended before its last step, since the validation loss did not fall any more.
    case endedEarly(step: Int)
    /// It was stopped on request after `step` steps. Running it again resumes there.
    case stopped(step: Int)
}
