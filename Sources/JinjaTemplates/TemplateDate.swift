import CLibc

/// A date and time of day, which a template can print with `strftime_now`.
package struct TemplateDate: Sendable, Hashable {
    package var year, month, day, hour, minute, second: Int
    package var microsecond = 0

    /// Creates a date; the month and the day count from 1.
    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    /// The local date and time.
    package static var now: TemplateDate {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        var parts = unsafe tm()
        _ = unsafe localtime_r(&now.tv_sec, &parts)
        var date = unsafe TemplateDate(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec))
        date.microsecond = Int(now.tv_nsec) / 1000
        return date
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private var dayOfYear: Int {
        let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return lengths.prefix(max(0, month - 1)).reduce(day, +)
    }

    /// The day of the week, 0 for Sunday.
    private var weekday: Int {
        let before = year - 1
        return (before * 365 + before / 4 - before / 100 + before / 400 + dayOfYear) % 7
    }

    /// What C's `strftime` writes for a letter in English, or nil for letters that are not supported.
    func formatted(_ letter: Character, isUnpadded: Bool) -> String? {
        func padded(_ value: Int, _ width: Int = 2, _ fill: Character = "0") -> String {
            let digits = String(value)
            return isUnpadded ? digits : String(repeating: fill, count: max(0, width - digits.count)) + digits
        }
        let hour12 = hour % 12 == 0 ? 12 : hour % 12
        switch letter {
        case "Y": return String(year)
        case "y": return padded(year % 100)
        case "m": return padded(month)
        case "d": return padded(day)
        case "e": return padded(day, 2, " ")
        case "H": return padded(hour)
        case "I": return padded(hour12)
        case "M": return padded(minute)
        case "S": return padded(second)
        // Python's own, which knows no flag.
        case "f" where !isUnpadded: return padded(microsecond, 6)
        case "j": return padded(dayOfYear, 3)
        case "u": return String(weekday == 0 ? 7 : weekday)
        case "w": return String(weekday)
        case "B": return Self.months[(month - 1) % 12]
        case "b", "h": return String(Self.months[(month - 1) % 12].prefix(3))
        case "A": return Self.weekdays[weekday]
        case "a": return String(Self.weekdays[weekday].prefix(3))
        case "p": return hour < 12 ? "AM" : "PM"
        case "F": return "\(year)-\(padded(month))-\(padded(day))"
        case "T": return "\(padded(hour)):\(padded(minute)):\(padded(second))"
        case "R": return "\(padded(hour)):\(padded(minute))"
        case "D": return "\(padded(month))/\(padded(day))/\(padded(year % 100))"
        case "U": return padded((dayOfYear + 6 - weekday) / 7)
        case "W": return padded((dayOfYear + 6 - (weekday + 6) % 7) / 7)
        case "c": return formatted("%a %b %e %H:%M:%S %Y").text
        case "x": return formatted("%m/%d/%y").text
        case "X": return formatted("%H:%M:%S").text
        case "Z", "z": return ""
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        default: return nil
        }
    }

    /// The date in a format of `strftime`, or the first directive that is not supported.
    func formatted(_ format: String) -> (text: String, unknown: String?) {
        var text = ""
        var rest = Substring(format)
        while let character = rest.popFirst() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            let directive = rest
            let isUnpadded = rest.first == "-"
            if isUnpadded { rest.removeFirst() }
            guard let letter = rest.popFirst(), let part = formatted(letter, isUnpadded: isUnpadded) else {
                return (text, "%" + directive.prefix(2))
            }
            text += part
        }
        return (text, nil)
    }
}
