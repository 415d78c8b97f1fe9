package import Manifest

/// Makes keys of channels from their display names: `Горячая линия` becomes `goryachaya-liniya`.
///
/// Letters of the Cyrillic and the accented Latin alphabets are written in plain Latin ones, everything else separates. The same
/// names in the same order always give the same keys, whatever form of Unicode they come in.
package struct ChannelKey: Sendable {
  /// Addresses that are taken.
  private var taken: Set<Address>

  package init(taken: Set<Address> = []) { self.taken = taken }

  /// A key of its own for a channel; a second one of the same key gets the channel's id behind it.
  package mutating func address(kind: String, name: String, id: Int) -> Address {
    let base = ChannelKey.key(name)
    var candidate = base.isEmpty ? "channel-\(id)" : base
    var attempt = 1
    while !taken.insert(Address(kind: kind, key: candidate)).inserted {
      let suffix = attempt == 1 ? "-\(id)" : "-\(id)-\(attempt)"
      candidate = ChannelKey.cut(base.isEmpty ? "channel" : base, to: ChannelKey.longest - suffix.count) + suffix
      attempt += 1
    }
    return Address(kind: kind, key: candidate)
  }

  /// The most that a key may have.
  private static let longest = 63

  /// The key of a name alone; empty where no character of it is allowed in a key.
  static func key(_ name: String) -> String {
    var result = ""
    var isSeparated = false
    for character in name.lowercased() {
      let letters = latin(character)
      guard let letters else {
        isSeparated = true
        continue
      }
      if letters.isEmpty { continue }
      if isSeparated, !result.isEmpty { result += "-" }
      isSeparated = false
      result += letters
      // A long name need not be read to its end.
      if result.utf8.count > 2 * longest { break }
    }
    return cut(result, to: longest)
  }

  /// The first part of a key, without a hyphen at its end; a word that would be cut in two goes, unless it is the only one.
  private static func cut(_ key: String, to length: Int) -> String {
    guard key.count > length else { return key }
    var part = key.prefix(length)
    if key[part.endIndex] != "-", let hyphen = part.lastIndex(of: "-"),
      part.distance(from: hyphen, to: part.endIndex) < 24
    {
      part = part[..<hyphen]
    }
    while part.last == "-" { part = part.dropLast() }
    return String(part)
  }

  /// Plain letters for one character, nil for what separates; nothing for a sign that only softens.
  ///
  /// Characters compare by what they mean, so that `й` is found however it is composed.
  private static func latin(_ character: Character) -> String? {
    if let byte = character.asciiValue {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): return String(character)
      case UInt8(ascii: "'"): return ""
      default: return nil
      }
    }
    if let known = letters[character] { return known }
    // An accent that no table knows: the letter below it.
    guard let base = character.unicodeScalars.first, character.unicodeScalars.count > 1,
      character.unicodeScalars.dropFirst().allSatisfy({ $0.properties.canonicalCombiningClass != .notReordered })
    else { return nil }
    return latin(Character(base))
  }

  /// Russian, Ukrainian, Belarusian, Kazakh and Kyrgyz after BGN/PCGN; then the Latin letters of Europe.
  private static let letters: [Character: String] = {
    let pairs =
      "а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh "
      + "щ=shch ъ= ы=y ь= э=e ю=yu я=ya і=i ї=yi є=ye ґ=g ў=u ә=a ғ=gh қ=q ң=ng ө=o ұ=u ү=u һ=h ʼ= ’= "
      + "à=a á=a â=a ã=a å=a ā=a ă=a ą=a ä=ae æ=ae ç=c ć=c č=c ď=d đ=d ð=d è=e é=e ê=e ë=e ē=e ė=e ę=e ě=e ğ=g ģ=g "
      + "ì=i í=i î=i ï=i ī=i į=i ı=i ķ=k ļ=l ľ=l ł=l ñ=n ń=n ņ=n ň=n ò=o ó=o ô=o õ=o ō=o ő=o ø=o ö=oe œ=oe ŕ=r ř=r "
      + "ś=s š=s ş=s ș=s ß=ss ť=t ţ=t ț=t þ=th ù=u ú=u û=u ū=u ů=u ű=u ų=u ü=ue ý=y ÿ=y ź=z ž=z ż=z"
    var letters: [Character: String] = [:]
    for pair in pairs.split(separator: " ") {
      let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
      if let first = parts.first?.first, parts.count == 2 { letters[first] = String(parts[1]) }
    }
    return letters
  }()
}
