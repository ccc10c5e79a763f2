import LayerSkip

/// A check that the soak test finds deliberate faults in speculation.
enum SelfCheck {
    /// The maximum number of cases until a fault must be found. Some cases draft nothing.
    private static let limit = 50

    /// Runs cases with each fault.
    ///
    /// - Returns: for each fault, the case that found it, or nil if none did.
    static func run(seed: UInt64) -> [(breakage: Breakage, found: CaseName?)] {
        let machine = Machine()
        return Breakage.allCases.map { breakage in
            let found = (0..<limit).lazy.map { CaseName(.random, $0) }.first { name in
                let soakCase = SoakCase(name: name, seed: seed, path: nil, breakage: breakage)
                do {
                    _ = try soakCase.run(on: machine)
                    return false
                } catch {
                    return true
                }
            }
            return (breakage, found)
        }
    }
}
