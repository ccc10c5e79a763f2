#if Hub
    package import NIOCore
    package import NIOHTTP1
    import NIOPosix
    import Synchronization

    /// A server on loopback that behaves like a hub, and can be told to misbehave.
    package final class HubServer: Sendable {
        package struct Request: Sendable {
            package let method: HTTPMethod
            package let path: String
            package let headers: HTTPHeaders
            /// How many requests for the same path came before.
            package let earlier: Int
        }

        /// What the server does with a request.
        package struct Reply: Sendable, CustomStringConvertible {
            package var status: Int
            package var headers: [(String, String)] = []
            package var body: [UInt8] = []
            /// The value of `Content-Length`; nil for the size of the body.
            package var statedLength: Int?
            /// The connection is closed after this many bytes of the body.
            package var cutsAfter: Int?
            /// Nothing more is sent after this many bytes of the body, and the connection stays open.
            package var stallsAfter: Int?
            /// The pause after each part of the body, and its size.
            package var pace: (bytes: Int, pause: TimeAmount)?
            /// Bytes that are sent as they are, instead of everything above.
            package var raw: [UInt8]?

            package init(_ status: Int, _ headers: [(String, String)] = [], _ body: [UInt8] = []) {
                (self.status, self.headers, self.body) = (status, headers, body)
            }

            /// Short, because tests print their arguments.
            package var description: String { "\(status), \(body.count) bytes" }
        }

        package typealias Answer = @Sendable (Request) -> Reply

        package let port: Int
        private let channel: any Channel
        private let state: ServerState

        /// Starts a server on a free port.
        ///
        /// - Parameter answer: decides about each request, on the server's threads.
        package init(_ answer: @escaping Answer) async throws {
            let state = ServerState(answer)
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(RequestHandler(state))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            guard let port = channel.localAddress?.port else { fatalError("a bound channel has a port") }
            (self.port, self.state) = (port, state)
        }

        package var endpoint: String { "http://127.0.0.1:\(port)" }

        /// The requests so far, in the order of their arrival.
        package var requests: [Request] { state.requests.withLock { $0 } }

        package func stop() async throws { try await channel.close() }
    }

    /// What all connections of a server share.
    private final class ServerState: Sendable {
        let answer: HubServer.Answer
        let requests = Mutex<[HubServer.Request]>([])

        init(_ answer: @escaping HubServer.Answer) { self.answer = answer }

        func reply(_ head: HTTPRequestHead) -> HubServer.Reply {
            let request = requests.withLock { requests in
                let request = HubServer.Request(
                    method: head.method, path: head.uri, headers: head.headers,
                    earlier: requests.count { $0.path == head.uri })
                requests.append(request)
                return request
            }
            return answer(request)
        }
    }

    private final class RequestHandler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let state: ServerState
        private var head: HTTPRequestHead?

        init(_ state: ServerState) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end:
                guard let head else { return }
                send(state.reply(head), isHead: head.method == .HEAD, context)
            }
        }

        /// A client may close the connection at any time.
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func send(_ reply: HubServer.Reply, isHead: Bool, _ context: ChannelHandlerContext) {
            if let raw = reply.raw {
                // Past the encoder of responses, which is in front of this handler.
                guard let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
                else { return }
                encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: raw)), promise: nil)
                context.close(promise: nil)
                return
            }
            var headers = HTTPHeaders(reply.headers)
            headers.replaceOrAdd(name: "Content-Length", value: "\(reply.statedLength ?? reply.body.count)")
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if isHead {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                return
            }
            sendBody(reply, from: 0, context)
        }

        private func sendBody(_ reply: HubServer.Reply, from start: Int, _ context: ChannelHandlerContext) {
            let limit = min(reply.cutsAfter ?? .max, reply.stallsAfter ?? .max, reply.body.count)
            let end = min(limit, start + (reply.pace?.bytes ?? .max - start))
            if end > start {
                let part = ByteBuffer(bytes: reply.body[start..<end])
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil)
            }
            if end < limit, let pace = reply.pace {
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.eventLoop.scheduleTask(in: pace.pause) {
                    let (handler, context) = bound.value
                    handler.sendBody(reply, from: end, context)
                }
            } else if reply.cutsAfter == limit {
                context.flush()
                context.close(promise: nil)
            } else if reply.stallsAfter == limit {
                context.flush()
            } else {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
#endif
