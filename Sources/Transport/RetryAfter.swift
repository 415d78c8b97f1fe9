/// The `Retry-After` field of RFC 9110, section 10.2.3: seconds, or an HTTP date.
package enum RetryAfter {
  /// The time that an answer asks for; nil where it states none or one that cannot be read.
  ///
  /// A date is measured from the answer's own `Date`, so that the two clocks need not agree, else from `now` (seconds since
  /// 1970); a date that has passed means no wait.
  package static func duration(in response: HTTPResponse, now: Int) -> Duration? {
    guard let text = response.header("Retry-After")?.trimmingSpaces else { return nil }
    if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      return .seconds(text.utf8.count > 9 ? 999_999_999 : Int(text) ?? 0)
    }
    guard let date = HTTPDate.seconds(text) else { return nil }
    let reference = response.header("Date").flatMap { HTTPDate.seconds($0.trimmingSpaces) } ?? now
    return .seconds(max(0, date - reference))
  }
}

/// The three date formats of RFC 9110, section 5.6.7.
package enum HTTPDate {
  /// Seconds since 1970; nil for anything but a date of one of the three forms.
  package static func seconds(_ text: String) -> Int? {
    let words = text.split(separator: " ").map(String.init)
    // Sun, 06 Nov 1994 08:49:37 GMT
    if words.count == 6, words[0].hasSuffix(","), words[5] == "GMT" {
      return seconds(day: words[1], month: words[2], year: words[3], time: words[4])
    }
    // Sunday, 06-Nov-94 08:49:37 GMT
    if words.count == 4, words[0].hasSuffix(","), words[3] == "GMT" {
      let date = words[1].split(separator: "-").map(String.init)
      guard date.count == 3, date[2].utf8.count == 2, let year = number(date[2]) else { return nil }
      return seconds(day: date[0], month: date[1], year: String(year < 70 ? 2000 + year : 1900 + year), time: words[2])
    }
    // Sun Nov  6 08:49:37 1994
    if words.count == 5 { return seconds(day: words[2], month: words[1], year: words[4], time: words[3]) }
    return nil
  }

  /// A time in seconds since 1970 in the form that RFC 9110 prefers.
  package static func text(_ seconds: Int) -> String {
    let (days, rest) = max(0, seconds).quotientAndRemainder(dividingBy: 86_400)
    var (year, month, left) = (1970, 0, days)
    while left >= 365 + (isLeap(year) ? 1 : 0) {
      left -= 365 + (isLeap(year) ? 1 : 0)
      year += 1
    }
    while left >= length(ofMonth: month, year) {
      left -= length(ofMonth: month, year)
      month += 1
    }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
    return
      "\(day), \(two(left + 1)) \(months[month]) \(year) \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// - Parameter month: from 0.
  private static func length(ofMonth month: Int, _ year: Int) -> Int {
    month == 1 && isLeap(year) ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
  }

  private static func seconds(day: String, month: String, year: String, time: String) -> Int? {
    let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
    guard let month = months.firstIndex(of: month), let day = number(day), let year = number(year), year >= 1970,
      (1...31).contains(day), clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
      hour < 24, minute < 60, second <= 60
    else { return nil }
    guard day <= length(ofMonth: month, year) else { return nil }
    let years = year - 1970
    let leapDays = leapYears(before: year) - leapYears(before: 1970)
    let days = years * 365 + leapDays + (0..<month).reduce(0) { $0 + length(ofMonth: $1, year) } + day - 1
    return ((days * 24 + hour) * 60 + minute) * 60 + second
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func leapYears(before year: Int) -> Int { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 }

  /// One to four decimal digits.
  private static func number(_ text: String) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    return Int(text)
  }
}

extension String {
  /// The text without spaces and tabs at either end.
  fileprivate var trimmingSpaces: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
