/// What a file is by the ending of its name, if it is of a kind that is known and not read.
package enum UnreadKind: Sendable {
    /// A picture of a format that is not read, such as a camera's raw data.
    case picture
    /// A text, or what programs keep beside pictures: nobody misses it.
    case companion
    /// A document, a film, an archive.
    case other

    /// - Parameter ending: in lower case and without the dot.
    /// - Returns: nil for endings that say nothing; only the bytes tell what such a file is.
    package init?(ending: String) {
        guard let kind = Self.kinds[ending] else { return nil }
        self = kind
    }

    private static let kinds: [String: UnreadKind] = {
        let kinds: [(UnreadKind, String)] = [
            (
                .picture,
                """
                3fr arw bay braw cap cr2 cr3 crw dcr dcs dng drf erf fff gpr iiq k25 kdc mdc mef mos mrw nef nrw orf pef
                ptx pxn raf raw rw2 rwl rwz sr2 srf srw x3f
                jxl jp2 j2k j2c jpc jpf jpm jpx jxr hdp wdp psd psb svg svgz eps ai pbm pgm ppm pnm pam pfm qoi tga ico
                cur icns exr hdr dds pcx sgi xcf kra ora djvu xbm xpm wmf emf fits bpg flif
                """
            ),
            (
                .companion,
                """
                txt text md rst log csv tsv json jsonl xml xmp html htm css js ts py sh c h swift yaml yml toml ini cfg conf
                aae dop pp3 on1 cos thm nfo url lnk sfv md5 sha1 sha256 m3u srt vtt sub tex bib sql db
                """
            ),
            (
                .other,
                """
                pdf doc docx xls xlsx ppt pptx odt ods odp rtf pages numbers key epub mobi
                mp4 m4v mov avi mkv webm wmv mpg mpeg mts m2ts 3gp flv lrv insv mp3 m4a aac wav flac ogg opus wma aiff mid
                zip gz tgz bz2 xz zst 7z rar tar iso dmg exe msi dll so dylib jar apk deb rpm
                blend fbx obj stl dwg dxf lrcat lrprev indd sqlite sqlite3 parquet npy npz h5 pt onnx
                ttf otf woff woff2 part crdownload tmp lock
                """
            ),
        ]
        return Dictionary(
            kinds.flatMap { kind, endings in endings.split(whereSeparator: \.isWhitespace).map { (String($0), kind) } }
        ) { first, _ in first }
    }()
}

extension PictureFormat {
    /// The most bytes of an ending; what is longer is a part of the name.
    private static let longestEnding = 12

    /// What follows the last dot of a file's name, in lower case; empty when that is nothing, or no word.
    /// - Parameter name: without its folders.
    package static func ending(of name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
        let ending = name[name.utf8.index(after: dot)...]
        let isWord = ending.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "~"):
                true
            default: false
            }
        }
        return isWord && ending.utf8.count <= longestEnding ? ending.lowercased() : ""
    }
}
