import Sosia

let arguments = CommandLine.arguments.dropFirst()
let store = try await Store(creating: arguments.first ?? "photos.sosia")
let report = try await store.add(Array(arguments.dropFirst()))
print("\(report.added) added, \(report.unchanged) unchanged, \(report.skipped.count) skipped")
if try await store.count() > 1 {
    let answer = try await store.search(ImageID(rawValue: 1), k: 3)
    for hit in answer.hits { print(hit.distance, hit.record.name(on: store.machine)) }
}
