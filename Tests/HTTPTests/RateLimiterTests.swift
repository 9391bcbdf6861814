// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@Suite("Rate limiter and security headers")
struct RateLimiterTests {
  private let start = ContinuousClock.now

  @Test("a burst goes through, then one a time step; others are not touched")
  func buckets() {
    let limiter = RateLimiter(perSecond: 2, burst: 5)
    for _ in 0..<5 { #expect(limiter.take("a", at: start) == 0) }
    #expect(abs(limiter.take("a", at: start) - 0.5) < 1e-9)
    #expect(abs(limiter.take("a", at: start + .seconds(0.25)) - 0.25) < 1e-9)
    #expect(limiter.take("b", at: start) == 0)
    #expect(limiter.take("a", at: start + .seconds(0.5)) == 0)
    #expect(limiter.take("a", at: start + .seconds(0.5)) > 0)
  }

  @Test("what costs more takes more, and never more than can be had")
  func costs() {
    let limiter = RateLimiter(perSecond: 1, burst: 10)
    #expect(limiter.take("a", cost: 8, at: start) == 0)
    #expect(abs(limiter.take("a", cost: 4, at: start) - 2) < 1e-9)
    #expect(limiter.take("a", cost: 1000, at: start + .seconds(8)) == 0)
  }

  @Test("a clock that goes back gives nothing away, and the quiet are forgotten")
  func memory() {
    let limiter = RateLimiter(perSecond: 10, burst: 10)
    for index in 0..<1000 { _ = limiter.take("caller \(index)", at: start) }
    #expect(limiter.callerCount == 1000)
    _ = limiter.take("busy", cost: 10, at: start + .seconds(0.5))
    #expect(limiter.take("busy", at: start) > 0)
    _ = limiter.take("new", at: start + .seconds(1.2))
    #expect(limiter.callerCount == 2)
  }

  @Test("under 4 threads no more than the burst goes through")
  func threads() async {
    let limiter = RateLimiter(perSecond: 0.001, burst: 100)
    let passed = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask { (0..<200).count { _ in limiter.take("a") == 0 } }
      }
      return await group.reduce(0, +)
    }
    #expect(passed == 100)
  }

  @Test("the answer says when to come again")
  func response() {
    let response = RateLimiter.response(waiting: 1.2)
    #expect(response.status == 429 && response.headers["Retry-After"] == "2")
  }

  @Test("security headers are added where there are none; a source cannot end the rule")
  func securityHeaders() throws {
    var response = HTTPResponse(headers: ["X-Frame-Options": "SAMEORIGIN"])
    SecurityHeaders.add(
      to: &response, isSecure: false, imageSources: ["https://tiles.example.org", "x; script-src *"])
    #expect(response.headers["X-Frame-Options"] == "SAMEORIGIN")
    #expect(response.headers["X-Content-Type-Options"] == "nosniff")
    #expect(response.headers["Strict-Transport-Security"] == nil)
    let policy = try #require(response.headers["Content-Security-Policy"])
    #expect(policy.contains("img-src 'self' data: blob: https://tiles.example.org;"))
    #expect(!policy.contains("script-src *"))
    var secure = HTTPResponse()
    SecurityHeaders.add(to: &secure, isSecure: true)
    #expect(secure.headers["Strict-Transport-Security"] == "max-age=31536000")
  }
}
