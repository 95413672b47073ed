package import Images
package import SosiaCore

/// The head of a document of queries with their neighbours: facts about the collection and the searches.
///
/// A ``ReportWriter`` takes it, then the queries one by one, because there may be many.
package struct Report: Sendable {
    /// A name and its value.
    package struct Fact: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A picture with the lines below it.
    package struct Entry: Sendable {
        /// nil for a picture that can no longer be read.
        package let picture: ReportPicture?
        package let lines: [String]

        package init(picture: ReportPicture?, lines: [String]) {
            self.picture = picture
            self.lines = lines
        }
    }

    /// Neighbours found by one method.
    package struct Group: Sendable {
        /// Shown where there are several groups.
        package let title: String
        /// Nearest first.
        package let neighbors: [Entry]

        package init(title: String, neighbors: [Entry]) {
            self.title = title
            self.neighbors = neighbors
        }
    }

    /// One query.
    package struct Section: Sendable {
        /// The most groups that fit side by side.
        package static let maximumGroups = 6

        package let title: String
        package let facts: [Fact]
        package let query: Entry
        /// Shown beside each other.
        package let groups: [Group]

        /// - Parameter groups: only the first ``maximumGroups`` are kept.
        package init(title: String, facts: [Fact], query: Entry, groups: [Group]) {
            self.title = title
            self.facts = facts
            self.query = query
            self.groups = Array(groups.prefix(Self.maximumGroups))
        }

        /// - Parameter neighbors: nearest first.
        package init(title: String, facts: [Fact], query: Entry, neighbors: [Entry]) {
            self.init(title: title, facts: facts, query: query, groups: [Group(title: "", neighbors: neighbors)])
        }
    }

    package let title: String
    package let facts: [Fact]

    package init(title: String, facts: [Fact]) {
        self.title = title
        self.facts = facts
    }
}

/// A picture of a report.
package struct ReportPicture: Sendable {
    /// Pixels of the longer side; more are not shown.
    package static let side = (minimum: 32, standard: 160, maximum: 1_024)
    /// What is smaller than this is enlarged to it, each pixel a square: pixels of tiny images are to be seen.
    private static let smallest = 96

    package let pixels: PixelImage
    let jpeg: [UInt8]

    /// - Throws: `EncodeError`
    package init(_ pixels: PixelImage) throws(EncodeError) {
        let factor = Self.smallest / max(pixels.width, pixels.height)
        self.pixels = factor > 1 ? pixels.enlarged(factor) : pixels
        jpeg = try ImageEncoder.jpeg(self.pixels, quality: 90)
    }
}

extension PixelImage {
    /// Each pixel becomes a square of `factor` by `factor`.
    fileprivate func enlarged(_ factor: Int) -> PixelImage {
        var large: [UInt8] = []
        large.reserveCapacity(bytes.count * factor * factor)
        for row in 0..<height {
            var line: [UInt8] = []
            for column in 0..<width {
                let at = (row * width + column) * 3
                for _ in 0..<factor { line += bytes[at..<at + 3] }
            }
            for _ in 0..<factor { large += line }
        }
        return PixelImage(width: width * factor, height: height * factor, bytes: large) ?? self
    }
}
