import Basics
import Documents
import Provisioning
import Reports

/// What holds for every file that is taken for a saved plan.
enum PlanPromises {
  static func hold(_ bytes: [UInt8]) throws(BrokenPromise) {
    try read(bytes)
    if let signed = Signature.sign(bytes) { try read(signed) }
  }

  private static func read(_ bytes: [UInt8]) throws(BrokenPromise) {
    let file: PlanFile
    do throws(PlanFileFailure) { file = try PlanFile(decoding: bytes, label: "plan.json") } catch {
      try require(!error.message.isEmpty && !error.remedy.isEmpty, "a failure says what is wrong")
      return
    }
    try require(file.encode() == bytes, "a plan that is taken is written as it was read")
    for color in [false, true] {
      let text = PlanText(color: color, callsPerSecond: 5, isVerbose: true).render(file.plan)
      if !color { try SafeOutput.isText(text, "a plan") }
    }
    try SafeOutput.isJSON(CanonicalJSON.encode(.object(PlanJSON.members(file.plan)), pretty: true), "a plan's document")
  }
}
