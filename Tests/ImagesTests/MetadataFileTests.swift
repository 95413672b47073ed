import Foundation
import Images
import SosiaCore
import Testing

/// Files that other programs write around what they know.
@Suite(.enabled(if: Pillow.python != nil && Pictures.hasVips))
struct MetadataFileTests {
    @Test(arguments: [
        "facts-exif.jpg", "facts-exif.webp", "facts-exif.png", "facts-exif.tif", "facts-exif.avif", "facts-xmp.webp",
        "facts-xmp.avif",
    ])
    func everyFactIsFound(name: String) throws {
        let folder = try #require(OddFiles.folder)
        guard let data = try? Data(contentsOf: folder.appending(path: name)) else {
            print("skipped: \(name): not written here")
            return
        }
        let facts = try ImageDecoder().decode([UInt8](data), maxSide: 20).facts
        #expect(facts.camera == "Acme One")
        #expect(facts.captured == "2019-07-04T10:11:12")
        #expect(facts.position == PictureFacts.Position(latitude: 48.5, longitude: 2.25))
    }
}
