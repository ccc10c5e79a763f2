/// The system allows no thread to decode on.
public struct ThreadLimitError: Error, CustomStringConvertible {
    /// What was expected, what was found and what to do.
    public var description: String {
        """
        decoding thread: expected the system to start one, found its limit reached; run fewer generations at the same \
        time, or raise the limit of threads (ulimit -u)
        """
    }
}
