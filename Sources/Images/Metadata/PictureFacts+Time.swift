import SosiaCore

extension PictureFacts {
    /// A time of EXIF (`2024:05:31 18:02:11`) or XMP (`2024-05-31T18:02:11.25+02:00`) as `2024-05-31T18:02:11+02:00`.
    ///
    /// Seconds, or the whole time of day, are left out where they are not known.
    /// - Parameter offset: from UTC, for a text that has none of its own; one that makes no sense is left out.
    /// - Returns: nil when it is no time: zeros, blanks, 30 February.
    static func timestamp(_ text: String, offset: String) -> String? {
        var rest = text.utf8[...]
        guard let year = number(&rest, digits: 4, in: 1...9999), dateSeparators.contains(rest.popFirst() ?? 0),
            let month = number(&rest, digits: 2, in: 1...12), dateSeparators.contains(rest.popFirst() ?? 0),
            let day = number(&rest, digits: 2, in: 1...days(ofMonth: month.value, year: year.value))
        else { return nil }
        let date = "\(year.text)-\(month.text)-\(day.text)"
        // The standard's way to say that the time of day is unknown is blanks between the colons.
        if rest.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") }) { return date }
        guard [UInt8(ascii: " "), UInt8(ascii: "T"), UInt8(ascii: "t")].contains(rest.removeFirst()),
            let hour = number(&rest, digits: 2, in: 0...23), rest.popFirst() == UInt8(ascii: ":"),
            let minute = number(&rest, digits: 2, in: 0...59)
        else { return nil }
        var time = "\(hour.text):\(minute.text)"
        if rest.first == UInt8(ascii: ":") {
            rest.removeFirst()
            guard let second = number(&rest, digits: 2, in: 0...60) else { return nil }
            time += ":\(second.text)"
            if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop(while: isDigit) }
        }
        guard let zone = rest.isEmpty ? self.offset(offset) ?? "" : self.offset(String(Substring(rest))) else {
            return nil
        }
        return "\(date)T\(time)\(zone)"
    }

    /// `Z`, `+02:00`, `+0200` and `+02` as `Z` and `+02:00`.
    private static func offset(_ text: String) -> String? {
        var rest = text.utf8.drop { $0 == UInt8(ascii: " ") }
        let sign = rest.popFirst()
        if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z"), rest.isEmpty { return "Z" }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(&rest, digits: 2, in: 0...14)
        else { return nil }
        if rest.first == UInt8(ascii: ":") { rest.removeFirst() }
        let minutes = rest.isEmpty ? "00" : number(&rest, digits: 2, in: 0...59)?.text
        guard let minutes, rest.isEmpty else { return nil }
        return "\(sign == UInt8(ascii: "-") ? "-" : "+")\(hours.text):\(minutes)"
    }

    private static let dateSeparators: [UInt8] = Array(":-/.".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func number(
        _ rest: inout Substring.UTF8View, digits: Int, in range: ClosedRange<Int>
    ) -> (value: Int, text: String)? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy(isDigit), let value = Int(Substring(text)), range.contains(value)
        else { return nil }
        rest = rest.dropFirst(digits)
        return (value, String(Substring(text)))
    }

    private static func days(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
