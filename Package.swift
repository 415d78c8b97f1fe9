// swift-tools-version: 6.2
import PackageDescription

/// The arrows between modules, as `architecture.md`'s table draws them: a target may import what it lists and nothing else.
let package = Package(
  name: "kitform",
  products: [
    .executable(name: "kitform", targets: ["kitform"]),
    .library(name: "KitMessaging", targets: ["KitMessaging"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(
      name: "Documents", dependencies: ["CYAML"], path: "Sources",
      sources: [
        "Documents", "YAML", "Basics/JSON", "Basics/Network", "Basics/Secrets", "Basics/Text/CellWidth.swift",
        "Basics/Text/LookAlikes.swift", "Basics/Text/SafeText.swift", "Basics/Text/ShortText.swift",
        "Basics/Text/Suggestion.swift", "Basics/Text/UnseenDifference.swift",
      ]),
    .target(name: "Manifest", dependencies: ["Documents"]),
    .target(name: "Channels", dependencies: ["Manifest"]),
    .target(
      name: "Provisioning",
      dependencies: [
        "Documents", "Manifest", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ], path: "Sources",
      sources: [
        "Provisioning", "Basics/Concurrency/Stop.swift", "Basics/Text/Base64.swift", "Basics/Text/Hexadecimal.swift",
        "StateBackends/Disk/Disk.swift", "StateBackends/Disk/Disk+Replacing.swift",
        "StateBackends/Disk/DiskFailure.swift", "StateBackends/Locks",
      ]),
    .target(
      name: "Transport", dependencies: ["Documents"], path: "Sources",
      sources: ["Transport", "Basics/Concurrency/Event.swift", "Basics/Concurrency/Turnstile.swift"]),
    .target(
      name: "AsyncHTTPTransport",
      dependencies: [
        "Documents", "Transport",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "StateBackends",
      dependencies: [
        "Documents", "Manifest", "Provisioning", "Transport", .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Disk/Disk.swift", "Disk/Disk+Replacing.swift", "Disk/DiskFailure.swift", "Locks"]),
    .target(
      name: "KitProfile",
      dependencies: ["Documents", "Manifest", .product(name: "Crypto", package: "swift-crypto")],
      resources: [.embedInCode("kit-v3.yaml")]),
    .target(name: "KitAPI", dependencies: ["Documents", "Manifest", "Provisioning", "KitProfile", "Transport"]),
    .target(
      name: "KitMessaging",
      dependencies: [
        "Documents", "Transport", "AsyncHTTPTransport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "KitSandbox",
      dependencies: [
        "Documents", "Manifest", "KitProfile", "Transport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "KitSandboxServer",
      dependencies: [
        "KitSandbox", "KitProfile", "Transport",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    .target(name: "Reports", dependencies: ["Documents", "Manifest", "Provisioning"]),
    .target(
      name: "KitformEngine",
      dependencies: [
        "Documents", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "StateBackends", "Transport",
      ]),
    .executableTarget(
      name: "kitform",
      dependencies: [
        "Documents", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "StateBackends", "Transport",
        "AsyncHTTPTransport", "KitMessaging", "KitSandbox", "KitSandboxServer", "Reports", "KitformEngine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "EchoBot",
      dependencies: ["KitMessaging", .product(name: "Hummingbird", package: "hummingbird")],
      path: "examples/echo-bot", exclude: ["kitform.yaml"], sources: ["Sources"]),

    .target(
      name: "Support", dependencies: ["Documents", "Manifest", "Channels", "Provisioning", "KitProfile", "Transport"],
      path: "Tests/Support", exclude: ["documented-kit.py", "KitAnswers", "markdown-elements.py", "schema-verdicts.py"]),
    .target(
      name: "TestServers",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], path: "Tests/TestServers"),
    .testTarget(name: "DocumentsTests", dependencies: ["Documents", "Support"]),
    .testTarget(
      name: "ManifestTests", dependencies: ["Documents", "Manifest", "Channels", "Support"], exclude: ["Rules"]),
    .testTarget(name: "ChannelsTests", dependencies: ["Documents", "Manifest", "Channels", "Support"]),
    .testTarget(
      name: "ProvisioningTests", dependencies: ["Documents", "Manifest", "Channels", "Provisioning", "Support"],
      exclude: ["Rules"]),
    .testTarget(name: "TransportTests", dependencies: ["Documents", "Transport"]),
    .testTarget(
      name: "AsyncHTTPTransportTests",
      dependencies: [
        "AsyncHTTPTransport", "Transport", "TestServers", "Support", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .testTarget(
      name: "StateBackendsTests",
      dependencies: ["Documents", "Manifest", "Provisioning", "StateBackends", "Transport", "Support"]),
    .testTarget(name: "KitProfileTests", dependencies: ["Documents", "Manifest", "Channels", "KitProfile", "Support"]),
    .testTarget(
      name: "KitAPITests",
      dependencies: [
        "Documents", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "KitSandbox", "Transport",
        "Support",
      ]),
    .testTarget(
      name: "KitMessagingTests",
      dependencies: [
        "Documents", "KitProfile", "KitMessaging", "KitSandbox", "KitSandboxServer", "Transport", "AsyncHTTPTransport",
        "Support", "TestServers", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .testTarget(
      name: "KitSandboxTests",
      dependencies: [
        "Documents", "Manifest", "KitProfile", "KitSandbox", "KitSandboxServer", "Transport", "AsyncHTTPTransport",
        "Support",
      ]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Documents", "Manifest", "Channels", "Provisioning", "Reports", "Support"],
      exclude: ["Golden"]),
    .testTarget(
      name: "KitformEngineTests",
      dependencies: [
        "Documents", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "KitSandbox", "StateBackends",
        "Transport", "KitformEngine", "Support",
      ]),
    .testTarget(
      name: "kitformTests",
      dependencies: [
        "kitform", "EchoBot", "StateRounds", "AsyncHTTPTransport", "Documents", "Manifest", "Provisioning",
        "Reports", "StateBackends", "Support", "TestServers", "Transport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "FuzzEntries",
      dependencies: [
        "Documents", "Manifest", "Channels", "Provisioning", "KitProfile", "Reports",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/Fuzz", exclude: ["LibFuzzer.swift", "Inputs", "leaks.txt", "seeds.py", "tokens.dict"]),
    .testTarget(
      name: "FuzzEntriesTests", dependencies: ["Documents", "Manifest", "Provisioning", "FuzzEntries", "Support"]),
    .target(name: "Workload", dependencies: ["Documents", "Manifest", "Channels"], path: "Tests/Workload"),
    .executableTarget(
      name: "StateRounds",
      dependencies: [
        "Documents", "Manifest", "Provisioning", "StateBackends", "Transport", "AsyncHTTPTransport", "Support",
        "TestServers",
      ], path: "Tests/StateRounds"),
    .executableTarget(
      name: "AnswerFuzz", dependencies: ["AsyncHTTPTransport", "Transport", "TestServers", "Support"],
      path: "Tests/AnswerFuzz"),
    .executableTarget(
      name: "Benchmarks", dependencies: ["Documents", "Manifest", "Channels", "Provisioning", "Workload"],
      path: "Tests/Benchmarks", exclude: ["run.py", "bombs.py", "events.c"]),
    .executableTarget(
      name: "Instructions", dependencies: ["Documents", "Manifest", "Channels", "Workload"],
      path: "Tests/Instructions", exclude: ["figure.json"]),
    .executableTarget(
      name: "MessagingBenchmarks",
      dependencies: [
        "Documents", "KitProfile", "KitMessaging", "KitSandbox", "KitSandboxServer",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
      ], path: "Tests/MessagingBenchmarks"),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
    .strictMemorySafety(),
  ]
}
