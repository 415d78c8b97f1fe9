internal import CYAML
package import Documents
internal import Glibc

/// Composes YAML files over libyaml's event interface; the only file that touches libyaml.
///
/// One pass, an explicit stack, nothing recurses, and the whole parse stays inside one access to the bytes. What is wrong
/// with the YAML itself is found here, once for the whole file where libyaml can go on, and up to its first syntax error
/// where it cannot; the document then holds what was read up to there, closed so that it is well-formed.
package enum YAMLComposer {
  /// The limits of one file.
  package typealias Budget = DocumentBudget

  /// Composes a file, which has the number `file` in its `SourceMap`.
  package static func compose(
    _ source: SourceFile, file: Int32, budget: Budget = .standard
  ) -> (document: Document, diagnostics: [Diagnostic]) {
    let bytes = source.bytes
    func nothing(_ finding: Diagnostic) -> (document: Document, diagnostics: [Diagnostic]) {
      (Document(file: file, source: source, nodes: [], roots: [], side: []), [finding])
    }
    let beginning = SourcePlace(file: file, start: 0, end: 0)
    guard bytes.count <= budget.bytes else {
      return nothing(Finding.fileSize(.yaml, place: beginning, size: bytes.count, budget: budget))
    }
    let encoding = Encoding(bytes, findsControls: true)
    if let failure = encoding.failure {
      let place = SourcePlace(file: file, start: failure.range.lowerBound, end: failure.range.upperBound)
      return nothing(Finding.encoding(.yaml, place, failure.message, why: failure.why))
    }
    if encoding.hasPercent, let directive = excessiveDirective(bytes) {
      return nothing(Finding.directives(SourcePlace(file: file, start: directive, end: directive + 4)))
    }

    var input = bytes
    var early: [Diagnostic] = []
    var line = 0..<0
    var isEmptyLine = false
    for control in encoding.controls {
      let place = SourcePlace(file: file, start: control.range.lowerBound, end: control.range.upperBound)
      early.append(Finding.control(place, control.scalar, escaped: false))
      if !line.contains(control.range.lowerBound) {
        line = YAMLComposer.line(around: control.range.lowerBound, in: bytes)
        isEmptyLine = line.allSatisfy { bytes[$0] <= 0x20 || bytes[$0] == 0x7F }
      }
      replace(control.range, in: &input, isEmptyLine: isEmptyLine)
    }
    // An unquoted variable stops libyaml. It is replaced by as many letters, so that the rest of the file is read too; how
    // often is bounded by the work that the largest file may cost.
    var rereads = max(1, min(64, budget.bytes / max(bytes.count, 1)))
    while true {
      var pass = Pass(
        builder: DocumentBuilder(area: .yaml, file: file, bytes: bytes, budget: budget), file: file,
        base: encoding.start, isASCII: encoding.isASCII)
      pass.run(input)
      pass.builder.closeAll()
      if let variable = pass.variable {
        let place = SourcePlace(file: file, start: variable.lowerBound, end: variable.upperBound)
        early.append(Finding.variableInFlow(place))
        for index in variable where input[index] == UInt8(ascii: "{") || input[index] == UInt8(ascii: "}") {
          input[index] = UInt8(ascii: "_")
        }
        rereads -= 1
        if rereads >= 0 { continue }
      }
      var findings = pass.builder.findings
      for finding in early { findings.add(finding) }
      return (
        pass.builder.document(of: source, mayHoldDollar: encoding.hasDollar || !pass.builder.side.isEmpty),
        findings.sorted()
      )
    }
  }

  /// Where the file declares more tag handles than a person would: libyaml compares each with all before it.
  private static func excessiveDirective(_ bytes: [UInt8]) -> Int? {
    var signs = 0
    for byte in bytes { signs &+= byte == UInt8(ascii: "%") ? 1 : 0 }
    guard signs > maximumDirectives else { return nil }
    var found = 0
    for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
      guard index == 0 || bytes[index - 1] < 0x20, bytes[index...].starts(with: "%TAG".utf8) else { continue }
      found += 1
      if found > maximumDirectives { return index }
    }
    return nil
  }

  private static let maximumDirectives = 64

  /// The line that has a byte, without its break.
  private static func line(around index: Int, in bytes: [UInt8]) -> Range<Int> {
    func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    var start = index
    var end = index
    while start > 0, !isBreak(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, !isBreak(bytes[end]) { end += 1 }
    return start..<end
  }

  /// Puts as many ordinary characters of the same width in the place of one that libyaml refuses; a line that has nothing
  /// else becomes an empty one.
  private static func replace(_ range: Range<Int>, in input: inout [UInt8], isEmptyLine: Bool) {
    let ordinary: [UInt8] = [[isEmptyLine ? 0x20 : 0x5F], [0xC2, 0xA1], [0xE2, 0x80, 0xA6]][range.count - 1]
    for (offset, byte) in ordinary.enumerated() { input[range.lowerBound + offset] = byte }
  }
}

extension DocumentBudget {
  /// What a manifest may cost: 4 MiB, 64 levels, 64 KiB a scalar, 100,000 added nodes, 8 MiB of added text.
  package static let standard = DocumentBudget(bytes: 4 << 20, scalarBytes: 64 << 10, nodes: 1_000_000)
}

/// One pass of libyaml over a file.
private struct Pass {
  var builder: DocumentBuilder
  let file: Int32
  /// The offset in the file of the first byte that libyaml sees.
  let base: Int
  let isASCII: Bool
  /// The unquoted variable between brackets that ended the pass.
  private(set) var variable: Range<Int>?
  private var starts = Cursor()
  private var ends = Cursor()
  private var lastMultilineQuote: Range<Int>?

  init(builder: DocumentBuilder, file: Int32, base: Int, isASCII: Bool) {
    self.builder = builder
    self.file = file
    self.base = base
    self.isASCII = isASCII
  }

  mutating func run(_ input: [UInt8]) {
    unsafe input.withUnsafeBufferPointer { buffer in
      let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
      let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
      defer {
        unsafe parser.deallocate()
        unsafe event.deallocate()
      }
      guard let bytes = buffer.baseAddress, unsafe yaml_parser_initialize(parser) == 1 else { return }
      defer { unsafe yaml_parser_delete(parser) }
      unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      unsafe yaml_parser_set_input_string(parser, bytes + base, buffer.count - base)
      while unsafe yaml_parser_parse(parser, event) == 1 {
        let goesOn = unsafe handleEvent(event, buffer)
        unsafe yaml_event_delete(event)
        if !goesOn { return }
      }
      unsafe fail(parser, buffer, input)
    }
  }

  /// Adds what one event says; false when nothing more is to be read.
  private mutating func handleEvent(
    _ pointer: UnsafeMutablePointer<yaml_event_t>, _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    switch unsafe pointer.pointee.type {
    case YAML_SCALAR_EVENT:
      return unsafe takeScalar(pointer, buffer)
    case YAML_MAPPING_START_EVENT:
      unsafe open(
        .mapping, pointer: pointer, buffer: buffer, anchorText: pointer.pointee.data.mapping_start.anchor,
        tagText: pointer.pointee.data.mapping_start.tag,
        isFlow: pointer.pointee.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_SEQUENCE_START_EVENT:
      unsafe open(
        .sequence, pointer: pointer, buffer: buffer, anchorText: pointer.pointee.data.sequence_start.anchor,
        tagText: pointer.pointee.data.sequence_start.tag,
        isFlow: pointer.pointee.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
      // A closing bracket has a width; the end of a block, and of a pair in a list, has none.
      let isBracket = unsafe pointer.pointee.start_mark.index < pointer.pointee.end_mark.index
      builder.close(end: isBracket ? unsafe end(pointer.pointee.end_mark.index, buffer) : nil)
    case YAML_ALIAS_EVENT:
      let range = unsafe range(of: pointer, buffer)
      if let name = unsafe string(pointer.pointee.data.alias.anchor) { builder.alias(range, name: name) }
    case YAML_DOCUMENT_END_EVENT:
      builder.endDocument()
    case YAML_STREAM_END_EVENT:
      return false
    default:
      break
    }
    return !builder.stopped
  }

  private mutating func takeScalar(
    _ pointer: UnsafeMutablePointer<yaml_event_t>, _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var range = unsafe range(of: pointer, buffer)
    let tagText = unsafe pointer.pointee.data.scalar.tag
    let anchorText = unsafe pointer.pointee.data.scalar.anchor
    let count = unsafe pointer.pointee.data.scalar.length
    guard let value = unsafe pointer.pointee.data.scalar.value else { return true }
    var flags = Document.Flags()
    var anchor: String?
    let style: Document.ScalarStyle
    switch unsafe pointer.pointee.data.scalar.style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: style = .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: style = .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: style = .literal
    case YAML_FOLDED_SCALAR_STYLE: style = .folded
    default: style = .plain
    }
    if unsafe tagText != nil || anchorText != nil {
      let whole = range
      range = unsafe skipProperties(whole, buffer)..<whole.upperBound
      unsafe anchor = string(anchorText)
      if let tag = unsafe string(tagText) {
        let text = unsafe String(decoding: UnsafeBufferPointer(start: value, count: count), as: UTF8.self)
        let verdict = YAMLTag.meaning(tag, text: text, isPlain: style == .plain)
        if case .text = verdict { flags.insert(.text) }
        reportTag(verdict, whole.lowerBound..<range.lowerBound)
      }
    }
    var offset = range.lowerBound
    switch style {
    case .plain:
      if count > 0, unsafe value[count - 1] == UInt8(ascii: "$"), builder.isInFlow,
        let found = unsafe variable(after: range.upperBound, buffer)
      {
        variable = found
        return false
      }
    case .singleQuoted, .doubleQuoted:
      offset += 1
      if unsafe pointer.pointee.start_mark.line != pointer.pointee.end_mark.line { lastMultilineQuote = range }
    case .literal, .folded:
      var end = range.upperBound
      while end > range.lowerBound + 1, unsafe buffer[end - 1] <= 0x20 { end -= 1 }
      range = range.lowerBound..<end
    }
    if case .doubleQuoted = style, count > 0 { unsafe checkControls(value, count, range) }
    var isSlice = offset + count <= range.upperBound
    if isSlice, count > 0, let base = buffer.baseAddress {
      unsafe isSlice = memcmp(base + offset, value, count) == 0
    }
    if isSlice {
      builder.scalar(range, text: offset, count: count, style: style, flags: flags, anchor: anchor)
    } else {
      let side = builder.sideOffset
      unsafe builder.appendSide(UnsafeBufferPointer(start: value, count: count).span)
      builder.scalar(range, text: side, count: count, style: style, flags: flags.union(.sideText), anchor: anchor)
    }
    return !builder.stopped
  }

  private mutating func open(
    _ shape: Document.NodeShape, pointer: UnsafeMutablePointer<yaml_event_t>, buffer: UnsafeBufferPointer<UInt8>,
    anchorText: UnsafeMutablePointer<yaml_char_t>?, tagText: UnsafeMutablePointer<yaml_char_t>?, isFlow: Bool
  ) {
    var range = unsafe range(of: pointer, buffer)
    if unsafe anchorText != nil || tagText != nil {
      let start = unsafe skipProperties(range, buffer)
      if let tag = unsafe string(tagText) { reportTag(YAMLTag.meaning(tag, on: shape), range.lowerBound..<start) }
      range = start..<range.upperBound
    }
    builder.open(
      shape, start: range.lowerBound, end: range.upperBound, isFlow: isFlow, anchor: unsafe string(anchorText))
  }

  /// Reports a tag that is unknown or does not fit; `range` are the anchor and the tag with the spaces behind them.
  private mutating func reportTag(_ verdict: YAMLTag.TagMeaning, _ range: Range<Int>) {
    let bytes = builder.bytes
    var start = range.lowerBound
    if start < range.upperBound, bytes[start] == UInt8(ascii: "&") {
      while start < range.upperBound, bytes[start] > 0x20 { start += 1 }
      while start < range.upperBound, bytes[start] <= 0x20 { start += 1 }
    }
    var end = start
    while end < range.upperBound, bytes[end] > 0x20 { end += 1 }
    let place = SourcePlace(file: file, start: start, end: max(end, start))
    switch verdict {
    case .fits, .text: break
    case .unknown: builder.report(Finding.unknownTag(place))
    case .unfit(let tag): builder.report(Finding.unfitTag(place, tag.rawValue))
    }
  }

  /// Finds control characters that escapes in a quoted text stand for.
  private mutating func checkControls(_ value: UnsafePointer<UInt8>, _ count: Int, _ range: Range<Int>) {
    var before: UInt8 = 0
    for index in 0..<count {
      let byte = unsafe value[index]
      defer { before = byte }
      let isC0 = byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
      guard isC0 || byte == 0x7F || (before == 0xC2 && byte < 0xA0) else { continue }
      // A raw one was replaced before parsing, so this one comes from an escape.
      builder.report(
        Finding.control(
          SourcePlace(file: file, start: range.lowerBound, end: range.upperBound), UInt32(byte), escaped: true))
      return
    }
  }

  /// The byte range of `${name}` whose `{` is at `brace`; nil when no brace is there.
  private func variable(after brace: Int, _ buffer: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    guard brace < buffer.count, unsafe buffer[brace] == UInt8(ascii: "{") else { return nil }
    var end = brace + 1
    while end < buffer.count, unsafe buffer[end] > 0x20, unsafe !",[]{".utf8.contains(buffer[end]) {
      end += 1
      if unsafe buffer[end - 1] == UInt8(ascii: "}") { break }
    }
    return brace - 1..<end
  }

  /// Reports libyaml's error.
  private mutating func fail(
    _ parser: UnsafeMutablePointer<yaml_parser_t>, _ buffer: UnsafeBufferPointer<UInt8>, _ input: [UInt8]
  ) {
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "out of memory"
    let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) } ?? ""
    let failure = YAMLSyntax.ParserFailure(
      problem: problem, offset: unsafe start(parser.pointee.problem_mark.index, buffer), context: context,
      contextOffset: unsafe start(parser.pointee.context_mark.index, buffer))
    let finding = YAMLSyntax(file: file, bytes: input, lastMultilineQuote: lastMultilineQuote).finding(failure)
    // A string that was meant to be quoted, `*one two`, is one mistake: the alias in it has been reported.
    if let alias = builder.lastPlaceholderEnd, let start = finding.place?.start, alias <= start,
      !input[alias..<Int(start)].contains(where: { $0 != 0x20 })
    {
      return
    }
    builder.report(finding)
  }

  // MARK: - Places

  private mutating func range(
    of pointer: UnsafeMutablePointer<yaml_event_t>, _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Range<Int> {
    let lower = unsafe start(pointer.pointee.start_mark.index, buffer)
    return unsafe lower..<max(lower, end(pointer.pointee.end_mark.index, buffer))
  }

  private mutating func start(_ index: Int, _ buffer: UnsafeBufferPointer<UInt8>) -> Int {
    isASCII ? min(base + index, buffer.count) : unsafe base + starts.move(to: index, buffer, base)
  }

  private mutating func end(_ index: Int, _ buffer: UnsafeBufferPointer<UInt8>) -> Int {
    isASCII ? min(base + index, buffer.count) : unsafe base + ends.move(to: index, buffer, base)
  }

  /// The first byte of a value that, with its anchor and tag, is `whole`.
  private func skipProperties(_ whole: Range<Int>, _ buffer: UnsafeBufferPointer<UInt8>) -> Int {
    var index = whole.lowerBound
    let end = whole.upperBound
    while index < end {
      switch unsafe buffer[index] {
      case UInt8(ascii: "&"):
        while index < end, unsafe buffer[index] > 0x20, unsafe !",[]{}".utf8.contains(buffer[index]) {
          index += 1
        }
      case UInt8(ascii: "!"):
        let isVerbatim = unsafe index + 1 < end && buffer[index + 1] == UInt8(ascii: "<")
        while index < end, unsafe buffer[index] > 0x20 {
          if unsafe !isVerbatim && ",[]{}".utf8.contains(buffer[index]) { break }
          index += 1
        }
      case UInt8(ascii: "#"):
        while index < end, unsafe buffer[index] != 0x0A && buffer[index] != 0x0D { index += 1 }
      case 0...0x20:
        index += 1
      default:
        return index
      }
    }
    return index
  }

  private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe text.map { unsafe String(cString: $0) }
  }
}

/// Turns libyaml's positions, which count characters, into byte offsets, by walking from the last one asked for.
private struct Cursor {
  private var index = 0
  private var offset = 0

  /// Returns the byte offset, from `base`, of the character number `target`.
  mutating func move(to target: Int, _ buffer: UnsafeBufferPointer<UInt8>, _ base: Int) -> Int {
    let end = buffer.count - base
    while index < target, offset < end {
      offset += 1
      while offset < end, unsafe buffer[base + offset] & 0xC0 == 0x80 { offset += 1 }
      index += 1
    }
    while index > target, offset > 0 {
      offset -= 1
      while offset > 0, unsafe buffer[base + offset] & 0xC0 == 0x80 { offset -= 1 }
      index -= 1
    }
    return offset
  }
}
