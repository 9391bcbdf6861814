// SPDX-License-Identifier: Apache-2.0
import Accounts
import Testing

@Suite("Users, tokens, sessions and groups")
struct AccountStoreTests {
  let bench: AccountBench
  var store: AccountStore { bench.store }

  init() throws { bench = try AccountBench() }

  private func kind(_ body: () throws -> Void) -> AccountsErrorKind? {
    do {
      try body()
      return nil
    } catch {
      return (error as? AccountsError)?.kind
    }
  }

  @Test("a user logs in with the right password only, and not when disabled")
  func passwords() throws {
    var user = try store.addUser(named: "ada", password: "grande moraine", isAdmin: false)
    try store.addUser(named: "root", isAdmin: true)
    #expect(try store.user(named: "ada", password: "grande moraine").id == user.id)
    #expect(kind { _ = try store.user(named: "ada", password: "grande moraines") } == .wrongCredentials)
    #expect(kind { _ = try store.user(named: "bob", password: "grande moraine") } == .wrongCredentials)
    #expect(kind { _ = try store.user(named: "root", password: "") } == .wrongCredentials)
    user.isDisabled = true
    try store.update(user)
    #expect(kind { _ = try store.user(named: "ada", password: "grande moraine") } == .wrongCredentials)
  }

  @Test(
    "names and passwords that can't be used are refused with the reason", arguments: ["", "Ada", "a b", ".x", "ö"])
  func names(name: String) {
    #expect(kind { try store.addUser(named: name) } == .badName)
    #expect(kind { try store.addUser(named: "ada", password: "short") } == .weakPassword)
  }

  @Test("a name is given once, and the last administrator stays")
  func uniqueAndLast() throws {
    var admin = try store.addUser(named: "root", isAdmin: true)
    #expect(kind { try store.addUser(named: "root") } == .nameTaken)
    admin.isAdmin = false
    #expect(kind { try store.update(admin) } == .lastAdministrator)
    #expect(try store.user(id: admin.id)?.isAdmin == true)
  }

  @Test("a token works until it expires or is revoked, and only its hash is kept")
  func tokens() throws {
    let user = try store.addUser(named: "ada")
    let (token, secret) = try store.addToken(for: user.id, named: "laptop", scope: .submit, days: 30)
    let principal = try store.principal(token: secret)
    #expect(principal.user == user && principal.may(.submit) && !principal.may(.admin))
    #expect(!"\(try store.tokens(of: user.id))".contains(secret))
    #expect(try store.tokens(of: user.id).first?.used != nil)
    #expect(kind { _ = try store.principal(token: secret + "x") } == .wrongCredentials)
    bench.pass(days: 30)
    #expect(kind { _ = try store.principal(token: secret) } == .wrongCredentials)
    let (other, otherSecret) = try store.addToken(for: user.id, named: "other", scope: .read)
    #expect(kind { try store.revokeToken(other.id, of: "somebody") } == .noSuchToken)
    try store.revokeToken(other.id, of: user.id)
    #expect(kind { _ = try store.principal(token: otherSecret) } == .wrongCredentials)
    #expect(try store.tokens(of: user.id).map(\.id) == [token.id])
  }

  @Test("only administrators get the scope admin, and lose it with their role")
  func adminScope() throws {
    let user = try store.addUser(named: "ada")
    try store.addUser(named: "root", isAdmin: true)
    #expect(kind { _ = try store.addToken(for: user.id, named: "x", scope: .admin) } == .notAllowed)
    var admin = try store.addUser(named: "eve", isAdmin: true)
    let (_, secret) = try store.addToken(for: admin.id, named: "x", scope: .admin)
    #expect(try store.principal(token: secret).viewer.isAdmin)
    admin.isAdmin = false
    try store.update(admin)
    let now = try store.principal(token: secret)
    #expect(!now.viewer.isAdmin && !now.may(.admin) && now.may(.submit))
  }

  @Test("an administrator with a token for reading sees what any user sees")
  func narrowToken() throws {
    let admin = try store.addUser(named: "root", isAdmin: true)
    let (_, secret) = try store.addToken(for: admin.id, named: "x", scope: .read)
    #expect(try store.principal(token: secret).viewer == Viewer(userID: admin.id))
  }

  @Test("a session ends by logout, after 12 hours, and when the password changes")
  func sessions() throws {
    let user = try store.addUser(named: "ada")
    let first = try store.openSession(for: user.id, scope: .submit, agent: "test")
    let principal = try #require(try store.principal(session: first.secret))
    let listed = try #require(try store.sessions(of: user.id).first)
    #expect(principal.method == .session(id: listed.id, csrf: first.csrf))
    try store.closeSession(id: listed.id, of: "somebody else")
    #expect(try store.principal(session: first.secret) != nil)
    try store.closeSession(id: listed.id, of: user.id)
    #expect(try store.principal(session: first.secret) == nil)
    let second = try store.openSession(for: user.id, scope: .submit, agent: "test")
    try store.setPassword("grande moraine", ofUser: user.id)
    #expect(try store.principal(session: second.secret) == nil)
    let third = try store.openSession(for: user.id, scope: .submit, agent: "test")
    bench.pass(days: 0.51)
    #expect(try store.principal(session: third.secret) == nil)
  }

  @Test("membership shows in the principal; a group with an unknown member is not changed")
  func groups() throws {
    let user = try store.addUser(named: "ada")
    try store.addGroup(named: "alps", title: "Alps")
    try store.setMember("ada", isManager: true, ofGroup: "alps")
    let (_, secret) = try store.addToken(for: user.id, named: "x", scope: .read)
    #expect(try store.principal(token: secret).viewer.groups == ["alps"])
    #expect(kind { try store.setMember("bob", ofGroup: "alps") } == .noSuchUser)
    #expect(kind { try store.setMember("ada", ofGroup: "andes") } == .noSuchGroup)
    let group = try store.group(named: "alps")
    let manager = try store.principal(token: secret)
    #expect(group.members.map(\.userName) == ["ada"] && group.canBeChanged(by: manager))
    #expect(try store.groups(of: user.id) == [group])
    #expect(try store.groups(of: "nobody") == [])
    try store.removeMember("ada", ofGroup: "alps")
    #expect(try store.principal(token: secret).viewer.groups == [])
    try store.setMember("ada", ofGroup: "alps")
    try store.removeGroup(named: "alps")
    #expect(try store.principal(token: secret).viewer.groups == [])
  }

  @Test("somebody of an identity provider gets one account, with a name that is free")
  func identityProvider() throws {
    try store.addUser(named: "ada")
    let first = try store.user(issuer: "https://a", subject: "1", name: "Ada", displayName: "Ada L")
    #expect(first.name == "ada-2" && !first.hasPassword)
    #expect(try store.user(issuer: "https://a", subject: "1", name: "x", displayName: "x").id == first.id)
    #expect(try store.user(issuer: "https://b", subject: "1", name: "É ", displayName: "x").id != first.id)
  }

  @Test("a signed link opens its own path until it expires or all are revoked")
  func links() throws {
    let link = try store.sign(path: "/api/jobs/1/files/", seconds: 3600)
    #expect(try store.isValid(link))
    let other = SignedLink(path: "/api/jobs/2/files/", expires: link.expires, signature: link.signature)
    #expect(try !store.isValid(other))
    let longer = SignedLink(path: link.path, expires: link.expires + 1, signature: link.signature)
    #expect(try !store.isValid(longer))
    bench.pass(days: 1)
    #expect(try !store.isValid(link))
    let fresh = try store.sign(path: "/x", seconds: 60)
    try store.revokeLinks()
    #expect(try !store.isValid(fresh))
    #expect(kind { _ = try store.sign(path: "/x", seconds: 1e9) } == .badExpiry)
  }

  @Test("the audit log gives the newest first, page by page")
  func audit() throws {
    for number in 1...5 { try store.record("job.dismiss", by: "ada", on: "job\(number)", from: "::1") }
    let page = try store.auditLog(limit: 2)
    #expect(page.map(\.subject) == ["job5", "job4"])
    #expect(try store.auditLog(limit: 9, before: page.last?.id).map(\.subject) == ["job3", "job2", "job1"])
  }
}
