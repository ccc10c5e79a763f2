#if Hub
    import Crypto
    import ModelHub

    /// Hashes the bytes of a file as they arrive.
    struct ContentHasher {
        private enum Function {
            case sha256(SHA256)
            case gitBlob(Insecure.SHA1)
        }

        private var function: Function
        private let expected: String

        /// - Parameters:
        ///   - hash: the expected hash, whose kind decides how bytes are hashed.
        ///   - byteCount: the size of the file.
        init(_ hash: RepositoryFile.Hash, byteCount: Int) {
            expected = hash.text
            switch hash {
            case .sha256: function = .sha256(SHA256())
            case .gitBlob:
                var sha1 = Insecure.SHA1()
                sha1.update(data: Array("blob \(byteCount)\0".utf8))
                function = .gitBlob(sha1)
            }
        }

        mutating func update(_ bytes: UnsafeRawBufferPointer) {
            switch function {
            case .sha256(var sha256):
                // Moved out and in again: the enum would otherwise hold a second reference, and the state be copied.
                function = .gitBlob(Insecure.SHA1())
                unsafe sha256.update(bufferPointer: bytes)
                function = .sha256(sha256)
            case .gitBlob(var sha1):
                unsafe sha1.update(bufferPointer: bytes)
                function = .gitBlob(sha1)
            }
        }

        /// The hash that the bytes have; nil if it is the expected one.
        func mismatch() -> String? {
            let found =
                switch function {
                case .sha256(let sha256): Self.digits(of: sha256.finalize())
                case .gitBlob(let sha1): Self.digits(of: sha1.finalize())
                }
            return found == expected ? nil : found
        }

        private static func digits(of digest: some Sequence<UInt8>) -> String {
            digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
    }
#endif
