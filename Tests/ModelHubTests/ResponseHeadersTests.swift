import ModelHub
import Testing

@Suite struct ResponseHeadersTests {
    @Test(
        arguments: [
            ("bytes 5-9/10", 5), ("bytes 0-9/10", 0), ("bytes 5-9/*", 5), ("bytes 5-8/10", nil), ("bytes 5-9/11", nil),
            ("bytes 10-9/10", nil), ("bytes -5-9/10", nil), ("bytes */10", nil), ("items 5-9/10", nil), ("", nil),
            ("bytes 99999999999999999999-9/10", nil),
        ] as [(String, Int?)])
    func rangesGoToTheEnd(_ range: String, start: Int?) {
        #expect(ResponseHeaders.start(ofRange: range, size: 10) == start)
    }

    @Test func tagsLoseTheirMarks() {
        #expect(ResponseHeaders.plain("\"abc\"") == "abc")
        #expect(ResponseHeaders.plain("W/\"abc\"") == "abc")
        #expect(ResponseHeaders.plain("abc") == "abc")
        #expect(ResponseHeaders.plain("\"") == "\"")
    }

    @Test(
        arguments: [
            ("7", nil, 7), (nil, "\"api\";r=0;t=57", 57), (nil, "api; r=0; t=3", 3), ("3", "api;t=9", 3),
            ("-1", nil, nil),
            ("Wed, 21 Oct 2015 07:28:00 GMT", nil, nil), (nil, nil, nil), ("9223372036854775807", nil, 1 << 30),
        ] as [(String?, String?, Int?)])
    func waitsAreSeconds(_ retryAfter: String?, _ rateLimit: String?, expected: Int?) {
        #expect(ResponseHeaders.wait(retryAfter: retryAfter, rateLimit: rateLimit) == expected)
    }
}
