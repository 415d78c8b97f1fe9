package import Provisioning

/// The file for a state that could not be saved at its own place after an apply (ApplyProtocol.md, "Saved state").
package enum EmergencyState {
  /// Writes `state` durably into a file of its own and returns the file's path, for `kitform state push`.
  ///
  /// The file is beside `path`, the local state's, also where the state lives elsewhere.
  package static func save(
    _ state: State, beside path: String, disk: any Disk, codec: StateCodec = StateCodec()
  ) throws(StateFailure) -> String {
    let file = "\(path).emergency-\(state.serial)"
    let directory = PosixDisk.parent(of: path)
    let bytes = try codec.bytes(of: state, label: file)
    do throws(DiskFailure) {
      try disk.makeDirectory(directory)
      try disk.remove(file)
      try disk.create(file, bytes)
      try disk.synchronizeDirectory(directory)
    } catch {
      // The file's present content is not a state, and must not be read as one.
      try? disk.remove(file)
      throw .failed(label: file, reason: error.words)
    }
    return file
  }
}
