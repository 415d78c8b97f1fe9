import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Looks at the certificates of a server that was refused, so that the message can say what is wrong with them.
///
/// The library reports that verification failed, not why. The probe dials again, keeps the certificates that the server shows,
/// and breaks the handshake off there: no byte of a request can follow.
struct CertificateProbe {
  let host: String
  let port: Int
  let trustRoots: TrustRoots
  let eventLoop: any EventLoop
  let timeout: TimeAmount

  /// Where the handshake leaves the certificates.
  private final class Chain: Sendable {
    let facts = Mutex<[CertificateFacts]>([])
  }

  /// The server's certificate and those that it sends along; empty where it cannot be reached or shows none.
  func presentedChain() async -> [CertificateFacts] {
    let chain = Chain()
    let isName = (try? SocketAddress(ipAddress: host, port: port)) == nil
    let bootstrap: ClientBootstrap
    do {
      let context = try NIOSSLContext(configuration: trustRoots.configuration)
      bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(timeout).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = try NIOSSLClientHandler(
            context: context, serverHostname: isName ? host : nil,
            customVerificationCallback: { certificates, verdict in
              let facts = certificates.prefix(10).compactMap { certificate in
                (try? certificate.toDERBytes()).flatMap { der in
                  CertificateFacts(
                    der: der, notBefore: Int(certificate.notValidBefore), notAfter: Int(certificate.notValidAfter))
                }
              }
              chain.facts.withLock { $0 = facts }
              verdict.succeed(.failed)
            })
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
      let channel = try await bootstrap.connect(host: host, port: port).get()
      let deadline = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
      try? await channel.closeFuture.get()
      deadline.cancel()
    } catch {
      return chain.facts.withLock { $0 }
    }
    return chain.facts.withLock { $0 }
  }
}
