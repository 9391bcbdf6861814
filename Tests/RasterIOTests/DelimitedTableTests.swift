// SPDX-License-Identifier: Apache-2.0
import RasterIO
import Testing

@Suite("Tables of text")
struct DelimitedTableTests {
  private let scratch = Scratch()

  private func rows(_ table: DelimitedTable) throws -> [DelimitedTable.Row] {
    var rows = try table.rows(), out: [DelimitedTable.Row] = []
    while let row = try rows.next() { out.append(row) }
    return out
  }

  @Test(
    "separators, quotes, a mark of Unicode, and the line ends of any system are understood",
    arguments: [",", ";", "\t"], ["\n", "\r\n", "\r"])
  func forms(separator: String, end: String) throws {
    let text = ["\u{feff}\"name\",x , y", "", "\"a b\", 1.5,", "ä,2,\"3\""].joined(separator: end)
    let table = try DelimitedTable(scratch.write("t.csv", text.replacing(",", with: separator)))
    #expect(table.names == ["name", "x", "y"])
    let rows = try rows(table)
    #expect(rows.map(\.cells) == [["a b", "1.5", ""], ["ä", "2", "3"]])
    #expect(rows.map(\.line) == [3, 4])
  }

  @Test("a table of a million bytes, read in pieces, comes out line by line", arguments: ["\n", "\r\n"])
  func pieces(end: String) throws {
    var text = "number,square" + end
    for number in 0..<70_000 { text += "\(number),\(number * number)" + end }
    #expect(text.utf8.count > 1_000_000)
    let rows = try rows(try DelimitedTable(scratch.write("long.csv", text)))
    #expect(rows.count == 70_000)
    let isRight = rows.enumerated().allSatisfy { number, row in
      row.line == number + 2 && row.cells == ["\(number)", "\(number * number)"]
    }
    #expect(isRight)
  }

  @Test("a missing file, a folder and a file without a line are told apart")
  func wrongInput() throws {
    func kind(_ path: String) -> RasterError.Kind? {
      do throws(RasterError) {
        _ = try DelimitedTable(path)
        return nil
      } catch { return error.kind }
    }
    #expect(kind(scratch["none.csv"]) == .missing)
    #expect(kind(scratch.folder) == .directory)
    #expect(kind(scratch.write("empty.csv", "")) == .empty)
    #expect(kind(scratch.write("blank.csv", "\n\n")) == .unreadable)
  }
}
