package import Provisioning

/// A wrong use of the command line that only the project reveals.
package struct UsageFailure: Error {
  package var message: String
  package var remedy: String?

  package init(message: String, remedy: String? = nil) {
    self.message = message
    self.remedy = remedy
  }
}

/// A failure of this machine: a file that cannot be read or written.
package struct LocalFailure: Error {
  package var message: String
  package var remedy: String?

  package init(message: String, remedy: String? = nil) {
    self.message = message
    self.remedy = remedy
  }
}

/// Ends a command early, with findings that it has already.
package struct EarlyEnd: Error {
  package var outcome: RunOutcome

  package init(outcome: RunOutcome) { self.outcome = outcome }
}
