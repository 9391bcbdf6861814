// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Parameters
import Storage
import Testing

@Suite("Basket and packages")
struct PackageTests {
  private static func reference(_ id: String, _ collection: String = "images") -> ItemReference {
    ItemReference(collection: collection, id: id)
  }

  private static func fixture() throws -> Fixture {
    let fixture = try Fixture()
    try fixture.add(["a", "b", "c"].map { Fixture.item($0) })
    let bought = CollectionDocument.new(id: "bought", description: "Bought images", licence: "proprietary")
    try fixture.catalogue.add(collection: bought, sharing: Sharing(ownerID: "ada"))
    try fixture.add([Fixture.item("p1"), Fixture.item("p2")], to: "bought")
    return fixture
  }

  private func names(_ items: [JSONObject]) -> [String] { items.compactMap { $0["id"]?.stringValue } }

  @Test("a basket keeps items of several collections once each, for its user only")
  func basket() throws {
    let fixture = try Self.fixture(), catalogue = fixture.catalogue
    try catalogue.addToBasket([Self.reference("a"), Self.reference("p1", "bought")], viewer: Fixture.owner)
    try catalogue.addToBasket([Self.reference("a"), Self.reference("b")], viewer: Fixture.owner)
    #expect(try Set(names(catalogue.basket(of: Fixture.owner))) == ["a", "b", "p1"])
    #expect(try catalogue.basket(of: Fixture.other).isEmpty)
    try catalogue.removeFromBasket([Self.reference("a")], viewer: Fixture.owner)
    #expect(try Set(names(catalogue.basket(of: Fixture.owner))) == ["b", "p1"])
    try catalogue.removeFromBasket(nil, viewer: Fixture.owner)
    #expect(try catalogue.basket(of: Fixture.owner).isEmpty)
    #expect(catalogueError { try catalogue.basket(of: .anonymous) }?.kind == .forbidden)
    let hidden = [Self.reference("p1", "bought")]
    #expect(catalogueError { try catalogue.addToBasket(hidden, viewer: Fixture.other) }?.kind == .noSuchThing)
  }

  @Test("a published version keeps its list while the package goes on changing")
  func versions() throws {
    let fixture = try Self.fixture(), catalogue = fixture.catalogue
    let package = try catalogue.addPackage(
      title: "Argentière", items: [Self.reference("a"), Self.reference("b")], viewer: Fixture.owner)
    let first = try catalogue.publishPackage(package.id, note: "as in the paper", viewer: Fixture.owner)
    _ = try catalogue.changePackage(package.id, items: [Self.reference("c")], viewer: Fixture.owner)
    let second = try catalogue.publishPackage(package.id, viewer: Fixture.owner)
    #expect(first.number == 1 && second.number == 2 && first.checksum != second.checksum)
    let now = try catalogue.package(package.id, for: Fixture.owner)
    #expect(now.versions == [first, second] && now.items == [Self.reference("c")])
    #expect(
      try catalogue.items(ofPackage: package.id, version: 1, for: Fixture.owner).map(\.state) == [.present, .present])
    // One item changes, the other goes: the version says so rather than give something else.
    try fixture.add([Fixture.item("a", west: 99)])
    try catalogue.removeItem("b", in: "images", viewer: Fixture.owner)
    let later = try catalogue.items(ofPackage: package.id, version: 1, for: Fixture.owner)
    #expect(later.map(\.state) == [.changed, .missing])
    #expect(now.json["versions"]?[0]?["note"] == "as in the paper")
    #expect(catalogueError { try catalogue.items(ofPackage: package.id, version: 9, for: Fixture.owner) } != nil)
  }

  @Test("a package is seen by whom it is shared with and changed by its owner")
  func sharing() throws {
    let fixture = try Self.fixture(), catalogue = fixture.catalogue
    let package = try catalogue.addPackage(title: "Mine", items: [Self.reference("a")], viewer: Fixture.owner)
    #expect(catalogueError { try catalogue.package(package.id, for: Fixture.other) }?.kind == .noSuchThing)
    try catalogue.setVisibility(.link, ofPackage: package.id, viewer: Fixture.owner)
    #expect(catalogueError { try catalogue.package(package.id, for: Fixture.other) }?.kind == .noSuchThing)
    #expect(try catalogue.package(package.id, for: .anonymous, hasLink: true).title == "Mine")
    try catalogue.setVisibility(.group("glaciers"), ofPackage: package.id, viewer: Fixture.owner)
    #expect(try catalogue.packages(for: Fixture.other).map(\.title) == ["Mine"])
    #expect(try catalogue.packages(for: .anonymous).isEmpty)
    #expect(
      catalogueError { try catalogue.changePackage(package.id, title: "Theirs", viewer: Fixture.other) }?.kind
        == .forbidden)
    #expect(catalogueError { try catalogue.removePackage(package.id, viewer: Fixture.other) }?.kind == .forbidden)
    try catalogue.removePackage(package.id, viewer: Fixture.owner)
    #expect(try catalogue.packages(for: Fixture.owner).isEmpty)
  }

  @Test("a package with restricted images cannot be made public; the message names them")
  func restricted() throws {
    let fixture = try Self.fixture(), catalogue = fixture.catalogue
    let items = [Self.reference("a"), Self.reference("p1", "bought"), Self.reference("p2", "bought")]
    let package = try catalogue.addPackage(title: "Landslide", items: items, viewer: Fixture.owner)
    for visibility in [Visibility.public, .link] {
      let error = catalogueError {
        try catalogue.setVisibility(visibility, ofPackage: package.id, viewer: Fixture.owner)
      }
      #expect(error?.kind == .restricted)
      #expect(
        error?.message
          == "the licence of bought/p1, bought/p2 keeps these images with their owner and group; take them "
          + "out of the package, or share it with a group only")
    }
    // With a group it can be shared, and the files stay hidden all the same while the images are private.
    try catalogue.setVisibility(.group("glaciers"), ofPackage: package.id, viewer: Fixture.owner)
    let seen = try catalogue.items(ofPackage: package.id, for: Fixture.other)
    #expect(seen.map(\.state) == [.present, .present, .present])
    #expect(seen[0].document?["assets"]?["B04"] != nil && seen[1].document?["assets"] == [:])
    // A public package takes no restricted images later, nor does an old version of it hold some.
    _ = try catalogue.publishPackage(package.id, viewer: Fixture.owner)
    _ = try catalogue.changePackage(package.id, items: [Self.reference("a")], viewer: Fixture.owner)
    #expect(
      catalogueError { try catalogue.setVisibility(.public, ofPackage: package.id, viewer: Fixture.owner) }?.kind
        == .restricted)
    let open = try catalogue.addPackage(title: "Open", items: [Self.reference("a")], viewer: Fixture.owner)
    try catalogue.setVisibility(.public, ofPackage: open.id, viewer: Fixture.owner)
    #expect(
      catalogueError { try catalogue.changePackage(open.id, items: items, viewer: Fixture.owner) }?.kind
        == .restricted)
    #expect(try catalogue.package(open.id, for: .anonymous).items == [Self.reference("a")])
  }

  @Test("an empty package is not published, and one without a title not made")
  func empty() throws {
    let fixture = try Self.fixture(), catalogue = fixture.catalogue
    let package = try catalogue.addPackage(title: "Empty", items: [], viewer: Fixture.owner)
    #expect(catalogueError { try catalogue.publishPackage(package.id, viewer: Fixture.owner) }?.kind == .badDocument)
    #expect(catalogueError { try catalogue.addPackage(title: "", items: [], viewer: Fixture.owner) } != nil)
  }
}
