// swift-tools-version: 6.2
import PackageDescription

/// The arrows between modules (Architecture.md, "Modules"): a target may import what it lists and nothing else.
let package = Package(
  name: "kitform",
  products: [
    .executable(name: "kitform", targets: ["kitform"]),
    .library(name: "KitMessaging", targets: ["KitMessaging"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "Basics"),
    .target(name: "Documents", dependencies: ["Basics"]),
    .target(name: "YAML", dependencies: ["Basics", "Documents", "CYAML"]),
    .target(name: "Manifest", dependencies: ["Basics", "Documents", "YAML"]),
    .target(name: "Channels", dependencies: ["Documents", "Manifest"]),
    .target(
      name: "Provisioning",
      dependencies: [
        "Basics", "Documents", "Manifest", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .target(name: "Transport", dependencies: ["Basics"]),
    .target(
      name: "AsyncHTTPTransport",
      dependencies: [
        "Basics", "Transport",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "StateBackends",
      dependencies: [
        "Basics", "Documents", "Manifest", "Provisioning", "Transport",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "KitProfile",
      dependencies: ["Basics", "Documents", "YAML", "Manifest", .product(name: "Crypto", package: "swift-crypto")],
      resources: [.embedInCode("kit-v3.yaml")]),
    .target(
      name: "KitAPI", dependencies: ["Basics", "Documents", "Manifest", "Provisioning", "KitProfile", "Transport"]),
    .target(
      name: "KitMessaging",
      dependencies: [
        "Basics", "Documents", "Transport", "AsyncHTTPTransport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "KitSandbox",
      dependencies: [
        "Basics", "Documents", "YAML", "Manifest", "KitProfile", "Transport",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "KitSandboxServer",
      dependencies: [
        "KitSandbox", "Transport",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .target(name: "Reports", dependencies: ["Basics", "Documents", "Manifest", "Provisioning"]),
    .target(
      name: "KitformEngine",
      dependencies: [
        "Basics", "Documents", "YAML", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "StateBackends",
        "Transport",
      ]),
    .target(
      name: "Wiring",
      dependencies: [
        "Basics", "Documents", "YAML", "Manifest", "Provisioning", "KitProfile", "KitAPI", "StateBackends", "Transport",
        "AsyncHTTPTransport", "KitMessaging", "KitSandbox", "KitSandboxServer", "KitformEngine",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "kitform",
      dependencies: [
        "Basics", "Documents", "YAML", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "StateBackends",
        "Transport", "AsyncHTTPTransport", "KitMessaging", "KitSandbox", "KitSandboxServer", "Reports", "KitformEngine",
        "Wiring",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "EchoBot",
      dependencies: ["KitMessaging", .product(name: "Hummingbird", package: "hummingbird")],
      path: "examples/echo-bot", exclude: ["kitform.yaml"], sources: ["Sources"]),

    .target(
      name: "Support",
      dependencies: [
        "Basics", "Documents", "YAML", "Manifest", "Channels", "Provisioning", "StateBackends", "KitProfile",
        "Transport",
      ],
      path: "Tests/Support", exclude: ["documented-kit.py", "KitAnswers", "markdown-elements.py", "schema-verdicts.py"]),
    .target(
      name: "TestServers",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], path: "Tests/TestServers"),
    .testTarget(name: "BasicsTests", dependencies: ["Basics", "Documents", "Support"]),
    .testTarget(name: "DocumentsTests", dependencies: ["Basics", "Documents", "Support"]),
    .testTarget(name: "YAMLTests", dependencies: ["Basics", "Documents", "YAML", "Support"]),
    .testTarget(
      name: "ManifestTests", dependencies: ["Basics", "Documents", "YAML", "Manifest", "Channels", "Support"],
      exclude: ["Rules"]),
    .testTarget(name: "ChannelsTests", dependencies: ["Documents", "Manifest", "Channels"]),
    .testTarget(
      name: "ProvisioningTests",
      dependencies: ["Basics", "Documents", "Manifest", "Channels", "Provisioning", "Support"],
      exclude: ["Rules"]),
    .testTarget(name: "TransportTests", dependencies: ["Basics", "Documents", "Transport", "Support"]),
    .testTarget(
      name: "AsyncHTTPTransportTests",
      dependencies: [
        "AsyncHTTPTransport", "Transport", "TestServers", "Support", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .testTarget(
      name: "StateBackendsTests",
      dependencies: ["Basics", "Documents", "Manifest", "Provisioning", "StateBackends", "Transport", "Support"]),
    .testTarget(
      name: "KitProfileTests",
      dependencies: ["Basics", "Documents", "YAML", "Manifest", "Channels", "KitProfile", "Support"]),
    .testTarget(
      name: "KitAPITests",
      dependencies: [
        "Basics", "Documents", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "KitSandbox",
        "Transport", "Support",
      ]),
    .testTarget(
      name: "KitMessagingTests",
      dependencies: [
        "KitProfile", "KitMessaging", "KitSandbox", "KitSandboxServer", "Transport", "AsyncHTTPTransport",
        "Support", "TestServers", .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "KitSandboxTests",
      dependencies: [
        "Basics", "Documents", "KitProfile", "KitSandbox", "KitSandboxServer", "Transport", "AsyncHTTPTransport",
        "Support", .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Basics", "Documents", "Manifest", "Channels", "Provisioning", "Reports", "Support"],
      exclude: ["Golden"]),
    .testTarget(
      name: "KitformEngineTests",
      dependencies: [
        "Basics", "Documents", "YAML", "Manifest", "Channels", "Provisioning", "KitProfile", "KitAPI", "KitSandbox",
        "StateBackends",
        "Transport", "KitformEngine", "Support",
      ]),
    .testTarget(
      name: "kitformTests",
      dependencies: [
        "kitform", "EchoBot", "StateRounds", "AsyncHTTPTransport", "Basics", "Documents", "YAML", "Manifest",
        "Provisioning",
        "Reports", "StateBackends", "Support", "TestServers", "Transport", "Wiring",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "FuzzEntries",
      dependencies: [
        "Basics", "Documents", "YAML", "Manifest", "Channels", "Provisioning", "KitProfile", "Reports",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/Fuzz", exclude: ["LibFuzzer.swift", "Inputs", "leaks.txt", "seeds.py", "tokens.dict"]),
    .testTarget(
      name: "FuzzEntriesTests", dependencies: ["Documents", "Manifest", "Provisioning", "FuzzEntries", "Support"]),
    .target(name: "Workload", dependencies: ["Documents", "YAML", "Manifest", "Channels"], path: "Tests/Workload"),
    .executableTarget(
      name: "StateRounds",
      dependencies: [
        "Basics", "Documents", "Manifest", "Provisioning", "StateBackends", "Transport", "AsyncHTTPTransport",
        "Support",
        "TestServers",
      ], path: "Tests/StateRounds"),
    .executableTarget(
      name: "AnswerFuzz", dependencies: ["AsyncHTTPTransport", "Transport", "TestServers", "Support"],
      path: "Tests/AnswerFuzz"),
    .executableTarget(
      name: "Benchmarks", dependencies: ["Basics", "Documents", "Manifest", "Channels", "Provisioning", "Workload"],
      path: "Tests/Benchmarks", exclude: ["run.py", "bombs.py", "events.c"]),
    .executableTarget(
      name: "Instructions", dependencies: ["Documents", "YAML", "Manifest", "Channels", "Workload"],
      path: "Tests/Instructions", exclude: ["figure.json"]),
    .executableTarget(
      name: "MessagingBenchmarks",
      dependencies: [
        "Basics", "Documents", "KitProfile", "KitMessaging", "KitSandbox", "KitSandboxServer",
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
