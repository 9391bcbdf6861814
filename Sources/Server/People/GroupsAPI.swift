// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// Communities: seen by their members and administrators, changed by their managers.
struct GroupsAPI {
  let platform: Platform
  private var accounts: AccountStore { platform.accounts }

  var routes: [APIRoute] {
    let member = "/api/groups/{groupID}/members/{userName}"
    return [
      APIRoute(.get, "/api/groups", id: "listGroups", "One's groups", tag: "People", needs: .read, .work(list)),
      APIRoute(
        .post, "/api/groups", id: "addGroup", "Make a group; its maker manages it", tag: "People", needs: .submit,
        body: .json(.object(["title": .text(least: 1, most: 100)], required: ["title"])),
        answers: [.json(status: 201)], .work(add)),
      APIRoute(
        .delete, "/api/groups/{groupID}", id: "removeGroup", "Remove a group", tag: "People", needs: .submit,
        answers: [.nothing()], .work(remove)),
      APIRoute(
        .put, member, id: "setMember", "Add a member, or change what they may do", tag: "People", needs: .submit,
        body: .json(.object(["role": .choice(["member", "manager"])]), isRequired: false), .work(setMember)),
      APIRoute(
        .delete, member, id: "removeMember", "Take a member out", tag: "People", needs: .submit, .work(removeMember)),
    ]
  }

  private func list(_ request: APIRequest) throws -> HTTPResponse {
    let groups = try accounts.groups(of: request.viewer.isAdmin ? nil : request.user().id)
    return .json(["groups": .array(groups.map { .object(document($0, request)) })])
  }

  private func add(_ request: APIRequest) throws -> HTTPResponse {
    let title = try request.object()["title"]?.stringValue ?? ""
    let name = try freeName(for: title)
    try accounts.addGroup(named: name, title: title)
    try accounts.setMember(request.user().name, isManager: true, ofGroup: name)
    try accounts.record("group.create", by: request.principal.name, on: name, from: request.http.peer)
    return .json(object: document(try accounts.group(named: name), request), status: 201)
  }

  /// A name of lower-case letters, digits and hyphens for a title.
  private func freeName(for title: String) throws -> String {
    let plain = title.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let parts = String(plain).split(separator: "-").joined(separator: "-").prefix(50)
    let wish = parts.isEmpty ? "group" : String(parts)
    let taken = Set(try accounts.groups().map(\.name))
    if !taken.contains(wish) { return wish }
    var number = 2
    while taken.contains("\(wish)-\(number)") { number += 1 }
    return "\(wish)-\(number)"
  }

  private func changeable(_ request: APIRequest) throws -> String {
    let name = request.path("groupID")
    guard try accounts.group(named: name).canBeChanged(by: request.principal) else {
      throw Problem(.notAllowed, "only a manager of the group '\(name)' can change it")
    }
    return name
  }

  private func remove(_ request: APIRequest) throws -> HTTPResponse {
    let name = try changeable(request)
    try accounts.removeGroup(named: name)
    try accounts.record("group.remove", by: request.principal.name, on: name, from: request.http.peer)
    return .noContent
  }

  private func setMember(_ request: APIRequest) throws -> HTTPResponse {
    let name = try changeable(request)
    let isManager = try request.object()["role"] == "manager"
    try accounts.setMember(request.path("userName"), isManager: isManager, ofGroup: name)
    return .json(object: document(try accounts.group(named: name), request))
  }

  private func removeMember(_ request: APIRequest) throws -> HTTPResponse {
    let name = try changeable(request)
    try accounts.removeMember(request.path("userName"), ofGroup: name)
    return .json(object: document(try accounts.group(named: name), request))
  }

  private func document(_ group: Group, _ request: APIRequest) -> JSONObject {
    let members = group.members.map { member -> JSONValue in
      [
        "id": .string(member.userName), "name": .string(member.displayName),
        "role": member.isManager ? "manager" : "member",
      ]
    }
    return [
      "id": .string(group.name), "title": .string(group.title), "members": .array(members),
      "canChange": .bool(group.canBeChanged(by: request.principal)),
    ]
  }
}
