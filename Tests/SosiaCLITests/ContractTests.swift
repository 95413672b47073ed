import Foundation
import Testing

/// Exit codes, streams and options of the command line.
@Suite(.enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh"))
struct ContractTests {
    let sosia: Sosia
    var photos: String { sosia.folder.path + "/photos" }

    init() throws {
        sosia = try Sosia()
        for number in 0..<3 { try sosia.folder.write(picture(number), to: "photos/\(number).jpg") }
    }

    @Test func addThenSearchPrintsDistanceIDAndPath() throws {
        let add = try sosia.run("add", photos)
        #expect(add.status == 0)
        #expect(add.output.hasPrefix("3 added in "))
        let search = try sosia.run("search", photos + "/1.jpg", "-k", "2")
        #expect(search.status == 0)
        #expect(search.lines.count == 2)
        #expect(search.lines.first == "0.0000\t2\t\(photos)/1.jpg")
    }

    @Test func aQueryMayComeOnStandardInput() throws {
        try sosia.run("add", photos)
        let search = try sosia.run("search", "-", "-k", "1", input: Data(picture(2)))
        #expect(search.output == "0.0000\t3\t\(photos)/2.jpg\n")
    }

    @Test func pathsMayComeOnStandardInput() throws {
        let lines = try sosia.run("add", "-", input: Data("\(photos)/0.jpg\n\(photos)/1.jpg\n".utf8))
        #expect(lines.output.hasPrefix("2 added"))
        let nul = try sosia.run("add", "-", "-0", input: Data("\(photos)/1.jpg\0\(photos)/2.jpg\0".utf8))
        #expect(nul.output.hasPrefix("1 added, 1 unchanged"))
    }

    @Test func aPictureOfTheCollectionIsLeftOutOfItsOwnAnswer() throws {
        try sosia.run("add", photos)
        let search = try sosia.run("search", "id:2")
        #expect(search.lines.count == 2)
        #expect(!search.output.contains("/1.jpg"))
    }

    @Test func filtersAndDistancesNarrowTheAnswer() throws {
        try sosia.run("add", photos)
        try sosia.run("add", photos + "/2.jpg", "--set", "price=3")
        #expect(try sosia.run("search", "id:1", "--where", "price > 2").lines.map { $0.hasSuffix("/2.jpg") } == [true])
        #expect(try sosia.run("search", "id:1", "--where", "price > 2 AND format = 'png'").output.isEmpty)
        #expect(try sosia.run("search", photos + "/1.jpg", "--max-distance", "0.001").lines.count == 1)
        let wrong = try sosia.run("search", "id:1", "--where", "price <")
        #expect(
            wrong.errors.contains("--where: expected a number, a text in single quotes, true or false at position 8"))
    }

    @Test func picturesAreAddedAndTakenAway() throws {
        try sosia.run("add", photos)
        let search = try sosia.run("search", photos + "/1.jpg", "+", "2:id:1", "-", "0.5:id:3", "--json")
        #expect(search.status == 0)
        #expect(search.output.contains(#""query":"\#(photos)/1.jpg + 2.0:id:1 - 0.5:id:3""#))
        #expect(!search.output.contains(#""id":1,"#) && !search.output.contains(#""id":3,"#))
        let bad = try sosia.run("search", "id:1", "-", "/nowhere.jpg")
        #expect(bad.errors == "sosia: /nowhere.jpg: there is no such file\n")
        #expect(try sosia.run("search", "id:1", "-", "id:1").status == 1)
    }

    @Test func aPartOfAPictureMayBeAskedWith() throws {
        try sosia.run("add", photos)
        #expect(try sosia.run("search", photos + "/1.jpg", "--region", "0,0,16,16").lines.count == 3)
        #expect(try sosia.run("search", "id:2", "--region", "0,0,16,16").lines.count == 2)
        let outside = try sosia.run("search", "id:2", "--region", "500,0,5,5")
        #expect(outside.status == 1)
        #expect(outside.errors.hasPrefix("sosia: id:2: the region 5 x 5 at 500,0 has no part of the picture's"))
    }

    @Test func skippedFilesAreNamedAndGiveThree() throws {
        try sosia.folder.write(Array("hello".utf8), to: "photos/text.jpg")
        let add = try sosia.run("add", photos)
        #expect(add.status == 3)
        #expect(add.output.hasPrefix("3 added, 1 skipped in "))
        #expect(add.errors == "skipped \(photos)/text.jpg: not a picture: it begins like text\n")
    }

    @Test(arguments: [
        ["search"], ["search", "a", "-k", "0"], ["search", "a", "-k", "x"], ["add"], ["add", "a", "--set", "b"],
        ["add", "a", "--jobs", "0"], ["add", "a", "--force"], ["show", "zero"], ["search", "id:-1"], ["dance"],
        ["search", "a", "b"], ["search", "a", "+"], ["search", "-", "+", "-"], ["search", "0:a"],
        ["search", "a", "--where", "price <"], ["search", "a", "--region", "1,2,3"],
        ["search", "a", "--region", "0,0,0,5"],
        ["search", "a", "--max-distance", "nan"],
        ["add", "a", "--precision", "f8"],
    ])
    func wrongUsageGivesTwo(_ arguments: [String]) throws {
        let process = sosia.process(arguments)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
    }

    @Test func anIndexIsAskedForByName() throws {
        try sosia.run("add", photos)
        let scan = try sosia.run("search", "id:2", "--index", "flat", "--exact", "--json")
        #expect(scan.status == 0 && scan.output.contains(#""index":"flat""#))
        // The graph of so few pictures is not built.
        for arguments in [["--index", "graph"], ["--index", "graph", "--approximate"]] {
            let absent = try sosia.run(["search", "id:2"] + arguments)
            #expect(absent.status == 1)
            #expect(absent.errors == "sosia: there is no index \"graph\" here; there are: flat\n")
        }
        let unknown = try sosia.run("search", "id:2", "--index", "pq")
        #expect(unknown.errors == "sosia: there is no index \"pq\" here; there are: flat, exact, graph\n")
        let exact = try sosia.run("search", "id:2", "--index", "graph", "--exact")
        #expect(exact.errors.contains("graph may miss neighbours"))
        let html = sosia.folder.path + "/a.html"
        #expect(try sosia.run("report", "id:2", "--html", html, "--index", "flat").status == 0)
        #expect(try String(contentsOfFile: html, encoding: .utf8).contains("flat, proven exact"))
        #expect(try sosia.run("report", "id:2", "--html", html, "--index", "pq").status == 1)
    }

    @Test func failuresGiveOneAndOneLine() throws {
        let none = try sosia.run("search", photos + "/1.jpg")
        #expect(none.status == 1)
        #expect(none.errors == "sosia: there is no collection at \(sosia.store); `sosia add` creates one\n")
        try sosia.run("add", photos)
        #expect(try sosia.run("search", "id:77").errors == "sosia: there is no picture with id 77\n")
        #expect(try sosia.run("show", "77").status == 1)
        #expect(try sosia.run("search", "/nowhere.jpg").errors == "sosia: /nowhere.jpg: there is no such file\n")
        let model = try sosia.run("add", photos, "--model", "other")
        #expect(model.status == 1)
        #expect(model.errors.contains("other") && model.errors.contains("efficientnet-lite0"))
        let unknown = try sosia.run("add", photos, "--model", "other", "--store", sosia.folder.path + "/b.sosia")
        #expect(unknown.errors.hasPrefix("sosia: there is no model \"other\"; known: efficientnet-lite0"))
        #expect(!FileManager.default.fileExists(atPath: sosia.folder.path + "/b.sosia"))
    }

    @Test func attributesComeFromATableAndFromTheCommandLine() throws {
        let table =
            "path,label,price,tags\r\n0.jpg,\"a, \"\"b\"\"\",2.50,\"[1,null]\"\r\n1.jpg,007,,\r\nnone.jpg,x,1,\r\n"
        try sosia.folder.write(Array(table.utf8), to: "photos/labels.csv")
        let add = try sosia.run(
            "add", photos, "--attributes", photos + "/labels.csv", "--set", "shop=\"B\"", "--set", "label=none",
            "--types", "price=number,tags=json")
        #expect(add.status == 0)
        #expect(
            add.errors == "attributes for \(photos)/none.jpg were not used: this run found no such file\n")
        func attributes(_ id: String) throws -> [String: Any] {
            try #require(try sosia.run("show", id, "--json").json()["attributes"] as? [String: Any])
        }
        let first = try attributes("1")
        #expect(first["label"] as? String == "a, \"b\"")
        #expect(first["price"] as? Double == 2.5)
        #expect((first["tags"] as? [Any])?.count == 2)
        #expect(first["shop"] as? String == "B")
        #expect(first["width"] as? Int == 64)
        #expect(first["format"] as? String == "jpeg")
        let second = try attributes("2")
        #expect(second["label"] as? String == "007")
        #expect(second["price"] == nil)
        #expect(try attributes("3")["label"] as? String == "none")
    }

    @Test func aTableWithoutPathIsRefused() throws {
        try sosia.folder.write(Array("file,label\n0.jpg,x\n".utf8), to: "labels.csv")
        let add = try sosia.run("add", photos, "--attributes", sosia.folder.path + "/labels.csv")
        #expect(add.status == 1)
        #expect(add.errors.hasSuffix("is \"file\", expected \"path\"\n"))
    }

    @Test(arguments: [
        ("path,a\n0.jpg,x\n1.jpg,\"y\n2.jpg,z\n", "FILE: the quote that begins in line 3 is not closed"),
        ("path,a,b,a\n0.jpg,1,2,3\n", "FILE, line 1: two columns are called \"a\""),
        ("path,a\n0.jpg,x\n\n1.jpg, PT,sunset\n", "FILE, line 4: 3 cells under 2 columns"),
        ("path,a\n0.jpg,\"x\ny\"\n./0.jpg,z\n", "FILE, line 4: ./0.jpg has a row in line 2 already"),
        (
            "path,a\n0.jpg,5\" disk\n",
            "FILE, line 2: a quote inside a cell that does not begin with one; "
                + "quote the cell, and double the quotes in it"
        ),
        (
            "path,a\n0.jpg,\"x\"y\n",
            "FILE, line 2: something follows the quote that ends a cell; "
                + "quotes inside a cell are doubled"
        ),
        ("path,a,\n0.jpg,x,y\n", "FILE, line 2: the cell in column 3 stands under no name"),
        ("path,a\n,x\n", "FILE, line 2: there is no path"),
        (nil, "FILE cannot be read as CSV: there is no such file"),
    ])
    func mistakesInATableAreNamed(_ table: String?, _ message: String) throws {
        let file = sosia.folder.path + "/labels.csv"
        if let table { try sosia.folder.write(Array(table.utf8), to: "labels.csv") }
        let add = try sosia.run("add", photos, "--attributes", file)
        #expect(add.status == 1)
        #expect(add.errors == "sosia: \(message.replacing("FILE", with: file))\n")
        #expect(!FileManager.default.fileExists(atPath: sosia.store))
    }

    @Test func quotesInsideATableAreText() throws {
        let table = "path,a,b\n0.jpg,5,\"\"\n1.jpg,\"a \"\"b\"\"\",\"c\nd\"\n"
        try sosia.folder.write(Array(table.utf8), to: "photos/labels.csv")
        #expect(try sosia.run("add", photos, "--attributes", photos + "/labels.csv").status == 0)
        let attributes = try sosia.run("show", "2", "--json").json()["attributes"] as? [String: Any]
        #expect(attributes?["a"] as? String == "a \"b\"")
        #expect(attributes?["b"] as? String == "c\nd")
    }

    /// A column with one text is a column of texts, so that `zip IN (...)` finds all of them.
    @Test func codesStayAsTheyAreWritten() throws {
        let table =
            "path,zip,code,price,note\n0.jpg,01569,12E4,2.5,x\n1.jpg,10115,7E2,3,2019\n"
            + "2.jpg,\"10115\",\"1.50\",-1,\"[2019]\"\n"
        try sosia.folder.write(Array(table.utf8), to: "photos/t.csv")
        let add = try sosia.run("add", photos, "--attributes", photos + "/t.csv", "--set", "private=true")
        #expect(
            add.lines.last
                == "attributes: zip text (\"01569\"), code text (\"12E4\"), price number, note text (\"x\"), private text"
        )
        let found = try sosia.run("search", "id:1", "--where", "zip IN ('01569', '10115') AND price > -2")
        #expect(found.lines.count == 2)
        let shown = try (1...3).map { try sosia.run("show", "\($0)").output }
        #expect(shown[0].contains("\ncode\t12E4\n") && shown[1].contains("\ncode\t7E2\n"))
        #expect(shown[2].contains("\ncode\t1.50\n") && shown[2].contains("\nnote\t[2019]\n"))
        let again = try sosia.run(
            "add", photos, "--attributes", photos + "/t.csv", "--types", "zip=number,note=text", "--json"
        ).json()
        let columns = try #require(again["attributes"] as? [[String: String]])
        #expect(columns.map { $0["type"] } == ["number", "text", "number", "text"])
        #expect(try sosia.run("search", "id:1", "--where", "zip = 10115").lines.count == 2)
        for (types, words) in [
            ("zip=integer", "text, number, bool, json"), ("zap=text", "\"zap\""), ("note=number", "line 2: "),
        ] {
            let refused = try sosia.run("add", photos, "--attributes", photos + "/t.csv", "--types", types)
            #expect(refused.status != 0 && refused.errors.contains(words), "\(refused.errors)")
        }
    }

    @Test func theAnswerCanBeAPicture() throws {
        try sosia.run("add", photos)
        let sheet = sosia.folder.path + "/sheet.jpg"
        #expect(try sosia.run("search", "id:1", "--sheet", sheet).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: sheet)).starts(with: [0xff, 0xd8, 0xff]))
    }

    @Test func aSheetThatCannotBeWrittenIsNamedBeforeTheSearch() throws {
        try sosia.run("add", photos)
        let sheet = sosia.folder.path + "/none/sheet.jpg"
        let search = try sosia.run("search", "id:1", "--sheet", sheet)
        #expect(search.status == 1)
        #expect(search.output.isEmpty)
        #expect(
            search.errors
                == "sosia: \(sheet) cannot be written: there is no folder \(sosia.folder.path)/none\n")
    }

    @Test func removingWhatIsNotThereIsNamed() throws {
        try sosia.run("add", photos)
        let nothing = try sosia.run("remove", "77", "/nowhere")
        #expect(nothing.status == 1)
        #expect(nothing.output == "0 removed\n")
        #expect(nothing.errors == "there is no picture with id 77\nno picture was seen at /nowhere\n")
        let some = try sosia.run("remove", "77", "1", "--json")
        #expect(some.status == 3)
        #expect(some.output == "{\"removed\":1,\"unknown\":[\"77\"]}\n")
        #expect(try sosia.run("remove", "2", photos).output == "2 removed\n")
    }

    @Test func aMistypedPathMakesNoCollection() throws {
        let add = try sosia.run("add", "/typo", "/other")
        #expect(add.status == 1)
        #expect(add.errors == "sosia: /typo: there is no such file\n")
        #expect(!FileManager.default.fileExists(atPath: sosia.store))
        try sosia.run("add", photos)
        #expect(try sosia.run("add", "/typo").status == 3)
    }

    @Test func attributesThatAreTooLargeOrTooDeepAreRefusedBeforeAnythingIsMade() throws {
        let (large, deep) = (String(repeating: "x", count: 70_000), String(repeating: "[", count: 33))
        for (cell, words) in [
            (large, ["\(photos)/0.jpg", "70008 bytes", "at most 65536"]),
            ("\"\(deep)\"", ["\"a\" of 0.jpg", "nested more than 32 deep"]),
        ] {
            try sosia.folder.write(Array("path,a\n0.jpg,\(cell)\n".utf8), to: "photos/labels.csv")
            let types = cell == large ? "a=text" : "a=json"
            let add = try sosia.run("add", photos, "--attributes", photos + "/labels.csv", "--types", types)
            #expect(add.status == 1)
            for word in words { #expect(add.errors.contains(word), "\(add.errors.prefix(300))") }
        }
        let set = try sosia.run("add", photos, "--set", "a=\(large)")
        #expect(set.status == 1)
        #expect(
            set.errors == "sosia: the attributes of each picture have 70008 bytes as JSON, at most 65536 are kept\n")
        let nested = try sosia.run("add", photos, "--set", "a=\(deep)", "--types", "a=json")
        #expect(nested.status == 2)
        #expect(nested.errors.contains("nested more than 32 deep"))
        #expect(!FileManager.default.fileExists(atPath: sosia.store))
    }

    /// Earlier releases took attributes of any depth, and gave no checksums.
    @Test func deepAttributesThatAreKeptAreShown() throws {
        try sosia.run("add", photos)
        let deep = String(repeating: "[", count: 480) + String(repeating: "]", count: 480)
        let sqlite = Process()
        sqlite.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        sqlite.arguments = [
            "sqlite3", sosia.store + "/catalog.sqlite",
            "UPDATE image SET attributes = '{\"a\":\(deep)}'; DELETE FROM grdb_migrations WHERE identifier LIKE '5 %'",
        ]
        try sqlite.run()
        sqlite.waitUntilExit()
        try #require(sqlite.terminationStatus == 0)
        #expect(try sosia.run("show", "1", "--json").output.contains(#""attributes":{"a":\#(deep),"#))
        #expect(try sosia.run("show", "1").output.contains("a\t\(deep)\n"))
        let search = try sosia.run("search", "id:1", "-k", "2", "--json")
        #expect(search.output.contains(#""attributes":{"a":\#(deep),"#))
    }

    @Test func numbersKeepTheirDigits() throws {
        let texts = [
            "12345678901234567890", "-12345678901234567890", "0.12345678901234567890123", "2.50", "1e3", "-0.0", "1E-7",
            "100000000000000000000", "01569", "[2019]", "null", "true", "2.5", "1000", "-7",
        ]
        let forced = ["2.50", "1e3", "-0.0", "1E-7", "100000000000000000000"]
        let assignments =
            texts.enumerated().flatMap { ["--set", "n\($0.offset)=\($0.element)"] }
            + forced.enumerated().flatMap { ["--set", "f\($0.offset)=\($0.element)"] }
            + ["--types", forced.indices.map { "f\($0)=number" }.joined(separator: ",")]
        let process = sosia.process(["add", photos] + assignments)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let attributes = try #require(try sosia.run("show", "1", "--json").json()["attributes"] as? [String: Any])
        for number in 0..<12 { #expect(attributes["n\(number)"] as? String == texts[number]) }
        let written = (12..<15).map { (attributes["n\($0)"] as? NSNumber)?.doubleValue }
        #expect(written == [2.5, 1000, -7])
        let numbers = forced.indices.map { (attributes["f\($0)"] as? NSNumber)?.doubleValue }
        #expect(numbers == [2.5, 1000, 0, 1e-7, 1e20])
    }

    @Test func theStoreIsFoundByOptionVariableAndDataFolder() throws {
        let home = sosia.folder.path + "/home"
        let cases: [(String, [String: String])] = [
            (home + "/data/sosia/photos.sosia", ["SOSIA_STORE": "", "XDG_DATA_HOME": home + "/data"]),
            (
                home + "/.local/share/sosia/photos.sosia",
                ["SOSIA_STORE": "", "XDG_DATA_HOME": "relative", "HOME": home]
            ),
        ]
        for (path, environment) in cases {
            #expect(try sosia.run("add", photos, environment: environment).status == 0)
            #expect(FileManager.default.fileExists(atPath: path + "/catalog.sqlite"))
        }
    }

    @Test func verifyFindsDamageAndGivesOne() throws {
        try sosia.run("add", photos)
        #expect(try sosia.run("verify").output == "3 pictures, nothing wrong\n")
        let file = URL(fileURLWithPath: sosia.store + "/vectors.f32")
        var data = try Data(contentsOf: file)
        data[64 + 1280 * 4 + 7] ^= 0x10
        try data.write(to: file)
        let verify = try sosia.run("verify")
        #expect(verify.status == 1)
        #expect(verify.output.contains("the vector of picture 2 (row 1) is not what was written"))
    }

    @Test func damagedVectorsAreRepairedAndAddedAgain() throws {
        try sosia.run("add", photos, "--set", "album=1")
        let file = URL(fileURLWithPath: sosia.store + "/vectors.f32")
        try Data(contentsOf: file).dropLast(1).write(to: file)
        for verb in [["add", photos], ["compact"], ["search", "id:1"], ["remove", "1"]] {
            let result = try sosia.run(verb[0], verb.dropFirst().first ?? "--json")
            #expect(result.status == 1)
            #expect(
                result.errors == "sosia: \(file.path) is damaged: it has 2 whole rows, the catalog names 3; "
                    + "`sosia verify --repair` keeps what can be read\n")
        }
        let repair = try sosia.run("verify", "--repair")
        #expect(repair.status == 0, "\(repair.errors)")
        #expect(
            repair.output
                == "picture 3 lost its vector; add \(photos)/2.jpg again\n2 pictures, nothing wrong\n")
        #expect(try sosia.run("status").output.contains("\nlost\t1 pictures wait for their files to be added\n"))
        #expect(try sosia.run("add", photos).output.hasPrefix("1 added, 2 unchanged"))
        #expect(try sosia.run("show", "3").output.contains("\nalbum\t1\n"))
        #expect(try sosia.run("search", "id:1").lines.count == 2)
        let again = try sosia.run("verify", "--repair", "--json").json()
        #expect((again["lost"] as? [Any])?.isEmpty == true)
    }

    @Test func benchmarkPrintsBothRatesAndTheirRatio() throws {
        let bench = try sosia.run("bench", "embed", photos, "--rounds", "1", "--json")
        #expect(bench.status == 0)
        let json = try bench.json()
        #expect(json["pictures"] as? Int == 3)
        let ratio = try #require(json["ratio"] as? Double)
        #expect(ratio > 0)
    }
}
