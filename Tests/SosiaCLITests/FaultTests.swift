import Foundation
import SosiaCore
import Testing

/// What happens when the machine does not play along.
@Suite(.enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh"), .serialized)
struct FaultTests {
    private static let isRoot = getuid() == 0

    /// Everything but the ids: paths and distances to a fixed query, and what is recorded of each picture.
    private func content(
        _ sosia: Sosia, store: String, query: String, environment: [String: String]
    ) throws -> [String] {
        let search = try sosia.run(
            "search", query, "-k", "10000", "--json", "--store", store, environment: environment)
        let hits = try #require(try search.json()["hits"] as? [[String: Any]])
        // Pictures at one distance come in the order of their ids, which may differ.
        return hits.map { "\($0["distance"] ?? "") \($0["path"] ?? "")" }.sorted()
    }

    @Test func killedAtThirtyMomentsNothingIsLost() throws {
        let sosia = try Sosia()
        // So quick a network that the commits, not the inferences, take the time in which the process is killed.
        let models = try sosia.addTinyModel()
        let photos = sosia.folder.path + "/photos"
        for number in 0..<2000 { try sosia.folder.write(picture(number, side: 16), to: "photos/\(number).jpg") }
        let undisturbed = sosia.folder.path + "/undisturbed.sosia"
        let start = ContinuousClock.now
        let whole = try sosia.run(
            "add", photos, "--model", "tiny", "--store", undisturbed, environment: models)
        #expect(whole.status == 0, "\(whole.errors)")
        // Follows the speed of the machine, which others use, too.
        var span = (ContinuousClock.now - start) / .seconds(1)
        let query = photos + "/7.jpg"
        let expected = try content(sosia, store: undisturbed, query: query, environment: models)

        var generator = SplitMix(seed: 30)
        var committed = 0
        var interrupted = 0
        for _ in 0..<30 {
            let process = sosia.process(["add", photos, "--model", "tiny"], environment: models)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            Thread.sleep(forTimeInterval: span * Double.random(in: 0.05...0.9, using: &generator))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            // Killed before it was made, there is no collection yet.
            guard FileManager.default.fileExists(atPath: sosia.store + "/catalog.sqlite") else {
                span *= 1.5
                continue
            }
            let verify = try sosia.run("verify", "--json")
            #expect(verify.status == 0, "\(verify.output) \(verify.errors)")
            let pictures = try #require(try verify.json()["pictures"] as? Int)
            #expect(pictures >= committed)
            if pictures == committed { span *= 1.5 }
            committed = pictures
            if pictures > 0 && pictures < 2000 { interrupted += 1 }
            // What is complete cannot be interrupted any more.
            if pictures == 2000 {
                #expect(try content(sosia, store: sosia.store, query: query, environment: models) == expected)
                try FileManager.default.removeItem(atPath: sosia.store)
                (committed, span) = (0, span / 2)
            }
        }
        #expect(interrupted > 0, "no run was killed between two commits")
        #expect(try sosia.run("add", photos, "--model", "tiny", environment: models).status == 0)
        #expect(expected.count == 2000)
        #expect(try content(sosia, store: sosia.store, query: query, environment: models) == expected)
    }

    @Test(.enabled(if: isRoot, "mounting a small disk needs root")) func aFullDiskLosesNothingCommitted() throws {
        let sosia = try Sosia()
        let disk = sosia.folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try #require(try system("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk) == 0)
        defer { _ = try? system("umount", disk) }
        let photos = sosia.folder.path + "/photos"
        for number in 0..<400 { try sosia.folder.write(picture(number, side: 16), to: "photos/\(number).jpg") }
        let store = disk + "/a.sosia"
        let add = try sosia.run("add", photos, "--store", store)
        #expect(add.status == 1)
        #expect(add.errors.contains("no space left on the disk"), "\(add.errors)")
        let verify = try sosia.run("verify", "--json", "--store", store)
        #expect(verify.status == 0, "\(verify.output) \(verify.errors)")
        let pictures = try #require(try verify.json()["pictures"] as? Int)
        #expect(pictures > 0 && pictures < 400)
        // With room again the run goes on where it was.
        try #require(try system("mount", "-o", "remount,size=64m", disk) == 0)
        let again = try sosia.run("add", photos, "--store", store, "--json")
        #expect(try again.json()["unchanged"] as? Int == pictures)
        #expect(try again.json()["added"] as? Int == 400 - pictures)
    }

    @Test(.enabled(if: isRoot, "a user for whom permissions count is reached from root"))
    func permissionsAreRespected() throws {
        let sosia = try Sosia()
        let photos = sosia.folder.path + "/photos"
        try sosia.folder.write(picture(1), to: "photos/open/1.jpg")
        try sosia.folder.write(picture(2), to: "photos/closed/2.jpg")
        #expect(try sosia.run("add", photos + "/open").status == 0)
        let manager = FileManager.default
        try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: photos + "/closed")
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sosia.folder.path)
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        guard try sosia.run("--version", prefix: nobody).status == 0 else {
            print("permissionsAreRespected: skipped, another user cannot run the command here")
            return
        }
        let readers = try sosia.run("search", "id:1", prefix: nobody)
        #expect(readers.status == 0, "\(readers.errors)")
        let writer = try sosia.run("add", photos, prefix: nobody)
        #expect(writer.status == 1)
        #expect(writer.errors == "sosia: \(sosia.store)/writer.lock cannot be written\n")
        let own = sosia.folder.path + "/own"
        try manager.createDirectory(atPath: own, withIntermediateDirectories: true)
        try manager.setAttributes([.posixPermissions: 0o777], ofItemAtPath: own)
        let add = try sosia.run(
            "add", photos, "--store", own + "/b.sosia", prefix: nobody, environment: ["XDG_CACHE_HOME": own])
        #expect(add.status == 3, "\(add.errors)")
        #expect(add.errors == "skipped \(photos)/closed: permission denied\n")
    }

    @Test func aSecondWriterIsTurnedAway() throws {
        let sosia = try Sosia()
        try sosia.folder.write(picture(1), to: "photos/1.jpg")
        #expect(try sosia.run("add", sosia.folder.path + "/photos").status == 0)
        let lock = FileHandle(forWritingAtPath: sosia.store + "/writer.lock")
        let descriptor = try #require(lock?.fileDescriptor)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let second = try sosia.run("add", sosia.folder.path + "/photos")
        #expect(second.status == 1)
        #expect(second.errors == "sosia: another process is writing to \(sosia.store); wait until it has finished\n")
        #expect(try sosia.run("status").status == 0)

        // Whoever holds the lock signs it; a server does not finish, so another way is named.
        let process = ProcessInfo.processInfo.processIdentifier
        for (command, way) in [("sosia add", "; wait until it has finished"), ("sosia serve", "--read-only")] {
            let text = "\(process)\n\(MachineName.system)\n\(command)\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: sosia.store + "/writer.lock"))
            let third = try sosia.run("add", sosia.folder.path + "/photos")
            #expect(third.status == 1)
            let holder = "process \(process) on \(MachineName.system) (\(command)) is writing to \(sosia.store)"
            #expect(third.errors.hasPrefix("sosia: " + holder) && third.errors.contains(way))
        }
    }

    @Test func aDeletedIndexFolderIsMissedByNobody() throws {
        let sosia = try Sosia()
        try sosia.folder.write(picture(1), to: "photos/1.jpg")
        try sosia.folder.write(picture(2), to: "photos/2.jpg")
        #expect(try sosia.run("add", sosia.folder.path + "/photos").status == 0)
        let before = try sosia.run("search", "id:1").output
        try? FileManager.default.removeItem(atPath: sosia.store + "/index")
        #expect(try sosia.run("search", "id:1").output == before)
    }

    private func system(_ command: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
