import Foundation
import Testing

@testable import FileSystem

struct OpenFilesTests {
    @Test func openFilesAreCounted() throws {
        let before = try #require(OpenFiles.count)
        #expect(before >= 3)
    }

    /// In a process of its own: the limit is everybody's.
    @Test func theLimitIsRaisedAsFarAsItGoesAndNeverLowered() async {
        await #expect(processExitsWith: .success) {
            let limit = try #require(OpenFiles.limit)
            OpenFiles.raise(to: 16)
            #expect(OpenFiles.limit == limit)
            OpenFiles.raise(to: .max >> 1)
            let highest = try #require(OpenFiles.limit)
            #expect(highest >= limit)
            OpenFiles.raise(to: .max >> 1)
            #expect(OpenFiles.limit == highest)
        }
    }
}
