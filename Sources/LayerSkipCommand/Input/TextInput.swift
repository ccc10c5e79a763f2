#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Text from files and from standard input.
enum TextInput {
    /// A file's text; "-" is standard input.
    static func read(_ path: String) throws -> String {
        let name = path == "-" ? "standard input" : path
        let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let bytes = readToEnd(descriptor) else {
            if errno == EINTR { throw InterruptedError() }
            throw InputError(
                name: name, expected: "a readable text", found: unsafe String(cString: strerror(errno)).lowercased())
        }
        if descriptor != STDIN_FILENO { _ = close(descriptor) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InputError(name: name, expected: "text in UTF-8", found: "other bytes")
        }
        return text
    }
}

extension String {
    /// Without the line end that editors and `echo` put at the end.
    var withoutLineEnd: String { last?.isNewline == true ? String(dropLast()) : self }
}

/// Everything up to the end; nil, with `errno` set, where that cannot be read, or after Ctrl-C.
private func readToEnd(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        if Interruption.isRequested {
            errno = EINTR
            return nil
        }
        let count = unsafe read(descriptor, &buffer, buffer.count)
        if count == 0 { return bytes }
        if count > 0 { bytes += buffer[..<count] } else if errno != EINTR { return nil }
    }
}
