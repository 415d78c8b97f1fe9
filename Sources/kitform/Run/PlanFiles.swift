import Provisioning
import StateBackends
import Wiring

/// Reads a saved plan.
func readPlanFile(_ path: String, for invocation: Invocation) throws -> PlanFile {
  let bytes = try planBytes(path, for: invocation)
  do throws(PlanFileFailure) {
    return try PlanFile(decoding: bytes, label: path)
  } catch {
    throw LocalFailure(message: error.message, remedy: error.remedy)
  }
}

/// Reads a saved plan, a JSON report or a Markdown report as what was reviewed.
func readReviewedPlan(_ path: String, for invocation: Invocation) throws -> ReviewedPlan {
  let bytes = try planBytes(path, for: invocation)
  do throws(ApprovalFailure) {
    return try ReviewedPlan(reading: bytes, label: path)
  } catch {
    throw LocalFailure(message: error.message, remedy: error.remedy)
  }
}

/// The bytes of a plan's file; an encrypted plan is opened with the key of the project's `state.key`.
func planBytes(_ path: String, for invocation: Invocation) throws -> [UInt8] {
  let found: [UInt8]?
  do throws(DiskFailure) { found = try PosixDisk().read(path) } catch {
    throw LocalFailure(message: error.words, remedy: nil)
  }
  guard let bytes = found else {
    throw LocalFailure(message: "there is no plan file \(path)", remedy: "make one with `kitform plan --out FILE`")
  }
  guard DocumentSealer.isSealedPlan(bytes) else { return bytes }
  let session = Session(invocation, isSandbox: false)
  let diagnostics = invocation.diagnostics
  let sealer = session.sealer(try session.configuration())
  // The command that applies the plan checks the project once more, and reports its findings.
  invocation.diagnostics = diagnostics
  do throws(SealingFailure) {
    guard let sealer else { throw .noKey("the manifests do not set it") }
    return try sealer.plan(from: bytes)
  } catch {
    throw LocalFailure(
      message: "the saved plan \(path) cannot be read: \(error.words)",
      remedy: "give the key under which it was made, or make a new one with `kitform plan --out FILE`")
  }
}
