// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@Suite("Router")
struct RouterTests {
  private let router: Router<String> = {
    var router = Router<String>()
    router.on(.get, "/", "root")
    router.on(.get, "/jobs", "list")
    router.on(.post, "/jobs", "create")
    router.on(.get, "/jobs/{jobID}", "job")
    router.on(.delete, "/jobs/{id}", "dismiss")
    router.on(.get, "/jobs/latest", "latest")
    router.on(.get, "/jobs/{jobID}/files/{path...}", "file")
    router.on(.get, "/jobs/{jobID}/files/index", "index")
    router.on(.put, "/jobs/{jobID}/files/{path...}", "upload")
    return router
  }()

  private func found(_ method: HTTPMethod, _ segments: String...) -> String {
    switch router.match(method, segments) {
    case .found(let endpoint, let parameters):
      return ([endpoint] + parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(
        separator: " ")
    case .noSuchPath: return "none"
    case .methodNotAllowed(let allowed): return "allow " + allowed.map(\.rawValue).joined(separator: ",")
    }
  }

  @Test("words go before names, names before rests")
  func order() {
    #expect(found(.get) == "root")
    #expect(found(.get, "jobs") == "list")
    #expect(found(.post, "jobs") == "create")
    #expect(found(.get, "jobs", "latest") == "latest")
    #expect(found(.get, "jobs", "a/b") == "job jobID=a/b")
    #expect(found(.delete, "jobs", "x") == "dismiss id=x")
    #expect(found(.delete, "jobs", "latest") == "dismiss id=latest")
    #expect(found(.get, "jobs", "x", "files", "index") == "index jobID=x")
    #expect(found(.get, "jobs", "x", "files", "a", "b.tif") == "file jobID=x path=a/b.tif")
    #expect(found(.put, "jobs", "x", "files", "index") == "upload jobID=x path=index")
  }

  @Test("what is not there, and what is there for other methods only")
  func misses() {
    #expect(found(.get, "nothing") == "none")
    #expect(found(.get, "jobs", "x", "y") == "none")
    #expect(found(.get, "jobs", "x", "files") == "none")
    #expect(found(.head, "jobs") == "list")
    #expect(found(.patch, "jobs") == "allow GET,HEAD,POST,OPTIONS")
    #expect(found(.options, "jobs", "x") == "allow GET,HEAD,DELETE,OPTIONS")
    #expect(found(.post, "jobs", "latest") == "allow GET,HEAD,DELETE,OPTIONS")
  }
}
