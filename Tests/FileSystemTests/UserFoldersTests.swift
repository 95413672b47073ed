import FileSystem
import Foundation
import Testing

struct UserFoldersTests {
    @Test func variablesComeFirst() {
        let folders = UserFolders([
            "HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "/c", "XDG_CONFIG_HOME": "/f",
        ])
        #expect([folders.data, folders.cache, folders.config] == ["/d", "/c", "/f"])
    }

    @Test func relativeOnesArePassedOver() {
        let folders = UserFolders(["HOME": "/h", "XDG_DATA_HOME": "d", "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "./f"])
        #expect([folders.data, folders.cache, folders.config] == ["/h/.local/share", "/h/.cache", "/h/.config"])
    }

    @Test(arguments: [[:], ["HOME": ""], ["HOME": "h"]]) func withoutAHomeTheSystemSays(environment: [String: String]) {
        #expect(UserFolders(environment).cache == NSHomeDirectory() + "/.cache")
    }
}
