import Glibc

/// The entry that the environment variable `FUZZ_ENTRY` names; one executable serves all.
private let entry: FuzzEntry = {
  guard let name = unsafe getenv("FUZZ_ENTRY"), let entry = unsafe FuzzEntry(rawValue: String(cString: name)) else {
    print("FUZZ_ENTRY names one of: \(FuzzEntry.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(64)
  }
  return entry
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(BrokenPromise) {
    try entry.run(bytes)
  } catch {
    print("broken promise: \(error)")
    fflush(nil)
    abort()
  }
  return 0
}
