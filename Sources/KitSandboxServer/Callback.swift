import KitSandbox
/// Something to send to a callback URL when there is time.
enum Callback: Sendable {
  case test(TestRequest)
  case event(OutgoingEvent)
}
