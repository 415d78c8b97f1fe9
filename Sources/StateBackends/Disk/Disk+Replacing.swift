extension Disk {
  /// Replaces a regular file whole: a new one beside it, synchronized, renamed over the old one; only its owner can read it.
  package func replace(_ path: String, in directory: String, with bytes: [UInt8]) throws(DiskFailure) {
    try checkReplaceable(path)
    let temporary = "\(path).new"
    try makeDirectory(directory)
    try remove(temporary)
    try create(temporary, bytes)
    try rename(temporary, to: path)
    try synchronizeDirectory(directory)
  }
}
