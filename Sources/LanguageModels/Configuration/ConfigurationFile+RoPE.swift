import CheckpointFiles
import TensorCore

extension ConfigurationFile.Reader {
    /// Reads RoPE's parameters: `rope_theta` and `rope_scaling`, or both in `rope_parameters`.
    func rope(
        _ attention: AttentionShape
    ) throws(CheckpointError) -> (base: Double, linearFactor: Double, scaling: Llama3Scaling?) {
        let place = content.ropeParameters == nil ? "rope_scaling" : "rope_parameters"
        let rope = content.ropeParameters ?? content.ropeScaling
        let base = rope?.base ?? content.ropeBase ?? content.modelType.architecture.defaults.ropeBase
        guard base >= 1 else { throw failure("rope_theta", expected: "a number of at least 1", found: "\(base)") }
        func number(_ key: ConfigurationFile.RoPE.CodingKeys, _ value: Double?) throws(CheckpointError) -> Double {
            guard let value, value > 0 else {
                let found = value.map { "\($0)" } ?? "no such key"
                throw failure("\(place).\(key.rawValue)", expected: "a positive number", found: found)
            }
            return value
        }
        switch rope?.type ?? rope?.olderType ?? "default" {
        case "default": return (base, 1, nil)
        case "linear": return (base, try number(.factor, rope?.factor), nil)
        case "llama3":
            _ = try number(.originalContext, rope?.originalContext.map { Double($0) })
            let scaling = Llama3Scaling(
                factor: try number(.factor, rope?.factor),
                lowFrequencyFactor: try number(.lowFrequencyFactor, rope?.lowFrequencyFactor),
                highFrequencyFactor: try number(.highFrequencyFactor, rope?.highFrequencyFactor),
                originalContext: rope?.originalContext ?? 1)
            guard scaling.highFrequencyFactor > scaling.lowFrequencyFactor else {
                throw failure(
                    "\(place).high_freq_factor", expected: "more than low_freq_factor",
                    found: "\(scaling.highFrequencyFactor)")
            }
            let divisors = scaling.divisors(ropeBase: base, headDimension: attention.headDimension)
            guard divisors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
                throw failure("\(place).factor", expected: "a factor that F32 can hold", found: "\(scaling.factor)")
            }
            return (base, 1, scaling)
        case let type:
            throw failure(
                "\(place).rope_type", expected: "\"default\", \"linear\" or \"llama3\"", found: type.quoted)
        }
    }
}
