import Foundation
import Testing

@Suite(
    .enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh"),
    .enabled(if: Sosia.hasPhotos, "the test photographs are absent: ../shared/data/photos"))
struct RealPhotosTests {
    /// Some pictures of each of some classes: the nearest other one mostly shows the same thing.
    @Test func theNearestShowsTheSame() throws {
        let sosia = try Sosia()
        let classes = try Self.classes(count: 12, pictures: 6)
        let paths = classes.values.flatMap(\.self).sorted()
        let add = try sosia.run("add", "-", input: Data(paths.joined(separator: "\n").utf8))
        #expect(add.status == 0, "\(add.errors)")
        var same = 0
        for (index, path) in paths.enumerated() where index % 6 == 0 {
            let search = try sosia.run("search", path, "-k", "2")
            let found = search.lines.map { $0.split(separator: "\t").map(String.init) }
            #expect(found.count == 2)
            #expect(found.first?.last == path)
            let label = classes.first { $0.value.contains(path) }?.value
            if let nearest = found.last?.last, label?.contains(nearest) == true { same += 1 }
        }
        // Chance would give one in twelve.
        #expect(same >= 8, "\(same) of 12")
    }

    /// The first classes by name, each with its first pictures by name.
    private static func classes(count: Int, pictures: Int) throws -> [String: [String]] {
        let table = try String(contentsOfFile: Sosia.photos + "/labels.csv", encoding: .utf8)
        var classes: [String: [String]] = [:]
        for line in table.components(separatedBy: .newlines).dropFirst() {
            let fields = line.trimmingCharacters(in: .whitespaces).components(separatedBy: ",")
            guard fields.count == 3, fields[2] == "class" else { continue }
            classes[fields[1], default: []].append(Sosia.photos + "/" + fields[0])
        }
        let chosen = classes.filter { $0.value.count >= pictures }.sorted { $0.key < $1.key }.prefix(count)
        return Dictionary(uniqueKeysWithValues: chosen.map { ($0.key, Array($0.value.sorted().prefix(pictures))) })
    }
}
