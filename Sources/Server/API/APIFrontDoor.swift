// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Parameters

/// Lets requests in: finds the route, asks who makes the request and whether they may, checks what was sent, answers
/// errors as problem documents.
final class APIFrontDoor: HTTPHandler {
  /// What the front door has to know besides its routes.
  struct Settings: Sendable {
    /// Address that links begin with; nil takes what each client called.
    var publicAddress: String?
    /// Bytes of a JSON body, and of a file that is sent up.
    var bodyLimit = 4 << 20
    var uploadLimit = 8 << 30
    /// Where files that are sent up lie until their request ends.
    var uploadFolder: String
    /// Requests per second and at once that one user or address may make.
    var requestsPerSecond = 200.0
    var requestBurst = 1000.0
  }

  static let sessionCookie = "ogive_session"
  private let routes: [APIRoute]
  private let router: Router<Int>
  private let accounts: AccountStore
  private let settings: Settings
  private let limiter: RateLimiter
  private let report: @Sendable (String) -> Void

  /// - Parameter report: takes a line on an error that is the server's own.
  init(
    _ routes: [APIRoute], accounts: AccountStore, settings: Settings, report: @escaping @Sendable (String) -> Void
  ) {
    (self.routes, self.accounts, self.settings, self.report) = (routes, accounts, settings, report)
    var router = Router<Int>()
    for (number, route) in routes.enumerated() { router.on(route.method, route.path, number) }
    self.router = router
    limiter = RateLimiter(perSecond: settings.requestsPerSecond, burst: settings.requestBurst)
  }

  func limits(for head: HTTPRequest) -> HTTPBodyLimits {
    // What goes nowhere is answered before its body is read.
    guard case .found(let number, _) = match(head) else {
      return head.method == .options ? .memory(upTo: 0) : .refuse(withHeaders(refusal(of: head).response, head))
    }
    if let problem = refusalBeforeBody(head, routes[number]) { return .refuse(withHeaders(problem.response, head)) }
    switch routes[number].body {
    case .none: return .memory(upTo: 0)
    case .json: return .memory(upTo: settings.bodyLimit)
    case .file: return .file(upTo: settings.uploadLimit, folder: settings.uploadFolder)
    }
  }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    var response: HTTPResponse
    do {
      response = try await answer(request)
    } catch {
      let problem = Problem(error)
      if problem.status >= 500 { report("\(request.method.rawValue) \(request.path): \(error)") }
      response = problem.response
    }
    return withHeaders(response, request)
  }

  /// Who may not send is told so before sending: the bytes of strangers must fill neither the memory nor the disk.
  private func refusalBeforeBody(_ head: HTTPRequest, _ route: APIRoute) -> Problem? {
    guard let needed = route.needs else { return nil }
    switch route.body {
    case .none: return nil
    case .json:
      let hasCredentials = head.headers["Authorization"] != nil || head.cookie(Self.sessionCookie) != nil
      return hasCredentials ? nil : refusal(.anonymous, needed)
    case .file:
      do {
        let principal = try principal(of: head)
        return principal.may(needed) ? nil : refusal(principal, needed)
      } catch { return Problem(error) }
    }
  }

  /// Browsers that are led to the interface get its documents and errors as pages.
  ///
  /// The page runs its own scripts only, is framed by nobody, and draws the images of any basemap.
  private func withHeaders(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
    let wantsPage = request.method.isSafe && APIRequest.wantsHTML(request)
    var response = wantsPage ? HTMLRendering.page(for: response, title: request.path) : response
    SecurityHeaders.add(to: &response, isSecure: request.isSecure, imageSources: ["https:", "http:"])
    return response
  }

  private func match(_ request: HTTPRequest) -> Router<Int>.Match {
    router.match(request.method == .head ? .get : request.method, request.segments)
  }

  /// Why a request leads to no route.
  private func refusal(of request: HTTPRequest) -> Problem {
    guard case .methodNotAllowed(let allowed) = match(request) else {
      return Problem(.notFound, "there is nothing at \(request.path); /api lists what there is")
    }
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    var problem = Problem(405, "request.method", "\(request.path) can be asked with \(names) only")
    problem.headers = [("Allow", names)]
    return problem
  }

  private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard case .found(let number, let parameters) = match(request) else {
      let problem = refusal(of: request)
      guard request.method == .options, let allowed = problem.headers.first else { throw problem }
      return HTTPResponse.noContent.with(allowed.name, allowed.value)
    }
    var request = request
    request.parameters = parameters
    return try await serve(routes[number], request)
  }

  private func serve(_ route: APIRoute, _ http: HTTPRequest) async throws -> HTTPResponse {
    let request = try await onThread { try self.admit(http, to: route) }
    switch route.handler {
    case .work(let body): return try await onThread { try body(request) }
    case .wait(let body): return try await body(request)
    }
  }

  // MARK: - Who, and what

  private func admit(_ http: HTTPRequest, to route: APIRoute) throws -> APIRequest {
    let principal = try principal(of: http)
    let key = principal.user?.id ?? http.peer
    let seconds = limiter.take(key)
    if seconds > 0 {
      var problem = Problem(.tooManyRequests, "too many requests; ask again in \(Int(seconds.rounded(.up))) s")
      problem.headers = [("Retry-After", "\(Int(seconds.rounded(.up)))")]
      throw problem
    }
    let hasLink = try isLinked(http)
    if let needed = route.needs, !(hasLink && needed == .read && http.method.isSafe), !principal.may(needed) {
      throw refusal(principal, needed)
    }
    if case .session(_, let csrf) = principal.method, !http.method.isSafe, !route.isOpenToForms {
      guard let sent = http.headers["X-CSRF-Token"], Secret.isEqual(sent, csrf) else {
        throw Problem(.crossSite, "the header X-CSRF-Token is missing or wrong; /api/me gives its value")
      }
    }
    try check(http, route)
    return APIRequest(http: http, principal: principal, hasLink: hasLink, base: base(of: http))
  }

  private func refusal(_ principal: Principal, _ needed: Scope) -> Problem {
    guard principal.user != nil else {
      var problem = Problem(.loginNeeded, "this needs a login, or a token in the header Authorization: Bearer …")
      problem.headers = [("WWW-Authenticate", "Bearer")]
      return problem
    }
    return Problem(
      .notAllowed, "this needs the scope \(needed.rawValue); yours is \(principal.scope?.rawValue ?? "none")")
  }

  private func principal(of http: HTTPRequest) throws -> Principal {
    if let header = http.headers["Authorization"] {
      let parts = header.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else {
        throw challenge("the header Authorization must be: Bearer, and a token")
      }
      do {
        return try accounts.principal(token: String(parts[1]))
      } catch let error as AccountsError where error.kind == .wrongCredentials {
        throw challenge("the token is unknown, has expired or was revoked; make another on the page Account")
      }
    }
    guard let secret = http.cookie(Self.sessionCookie) else { return .anonymous }
    do {
      return try accounts.principal(session: secret) ?? .anonymous
    } catch let error as AccountsError where error.kind == .wrongCredentials {
      return .anonymous
    }
  }

  private func challenge(_ detail: String) -> Problem {
    var problem = Problem(401, "request.login-needed", detail)
    problem.headers = [("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
    return problem
  }

  /// Whether the request brings a genuine link that opens its path.
  private func isLinked(_ http: HTTPRequest) throws -> Bool {
    guard let signature = http.query("signature"), let expires = http.query("expires").flatMap({ Int($0) }) else {
      return false
    }
    let path = http.query("below") ?? http.path
    guard path == http.path || path.hasSuffix("/") && http.path.hasPrefix(path) else { return false }
    return try accounts.isValid(SignedLink(path: path, expires: expires, signature: signature))
  }

  private func check(_ http: HTTPRequest, _ route: APIRoute) throws {
    for parameter in route.query {
      let values = http.query.filter { $0.name == parameter.name }.map(\.value)
      if let problem = parameter.problem(with: values) { throw Problem(.invalidRequest, problem) }
    }
    guard case .json(let schema, let isRequired) = route.body else { return }
    guard case .bytes(let bytes) = http.body, !bytes.isEmpty else {
      if isRequired { throw Problem(.malformedRequest, "the request needs a body in JSON") }
      return
    }
    let type = http.headers["Content-Type"]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
    // A form of another site can send text/plain, but never JSON, without asking first.
    guard type == "application/json" || type.hasSuffix("+json") else {
      throw Problem(415, "request.media-type", "the body must be application/json, not '\(type)'")
    }
    let document = try JSONValue(parsing: bytes, named: "the body")
    if let problem = SchemaCheck.problem(document, schema, at: "the body") { throw Problem(.invalidRequest, problem) }
  }

  private func base(of http: HTTPRequest) -> String {
    if let address = settings.publicAddress { return address }
    let host = http.headers["Host"] ?? "localhost"
    // The header is the client's: nothing but a name and a port gets into documents.
    let isPlain = host.utf8.allSatisfy { byte in
      (48...58).contains(byte) || (65...93).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46
    }
    return (http.isSecure ? "https://" : "http://") + (isPlain ? host : "localhost")
  }
}

/// Runs what may block on a thread that may, and waits for it without holding one of those that may not.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global(qos: .userInitiated).async { continuation.resume(with: Swift.Result(catching: body)) }
  }
}
