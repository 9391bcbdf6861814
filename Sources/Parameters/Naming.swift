// SPDX-License-Identifier: Apache-2.0

/// `templateWindow` as `template-window`, `minimumSNR` as `minimum-snr`: the spelling of flags.
public func kebabCase(_ name: String) -> String {
  let characters = Array(name)
  var result = ""
  for (index, character) in characters.enumerated() {
    let follows = index > 0 && character.isUppercase
    let endsWord = follows && !characters[index - 1].isUppercase
    // The last capital of a run begins the next word: `useSNRLimit` is `use-snr-limit`.
    let startsWord =
      follows && characters[index - 1].isUppercase && index + 1 < characters.count
      && characters[index + 1].isLowercase
    if endsWord || startsWord { result += "-" }
    result += character.lowercased()
  }
  return result
}

/// `templateWindow` as `Template window`: the title of a field that declares none.
func sentenceCase(_ name: String) -> String {
  let words = kebabCase(name).replacing("-", with: " ")
  return words.prefix(1).uppercased() + words.dropFirst()
}

/// The one of `candidates` that was probably meant by `word`; nil when none is near enough.
///
/// Spellings that differ only by case, hyphens or underscores count as equal; else the nearest by edit distance
/// (insertion, deletion, replacement, swap of neighbours), at most a third of the word's length away; else the
/// only one that begins with the word. Equal distances are settled by the order of `candidates`.
public func nearest(to word: String, among candidates: [String]) -> String? {
  let plain = simplified(word)
  guard !plain.isEmpty else { return nil }
  let ranked = candidates.map { (name: $0, distance: editDistance(plain, simplified($0))) }
  if let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(1, plain.count / 3) {
    // One letter is no evidence in words of one or two letters.
    if best.distance == 0 || plain.count > 2 { return best.name }
  }
  let extensions = candidates.filter { simplified($0).starts(with: plain) }
  return extensions.count == 1 ? extensions[0] : nil
}

private func simplified(_ word: String) -> [Character] {
  Array(word.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " })
}

/// Optimal string alignment distance, O(left × right); words are cut at 64 letters.
private func editDistance(_ longLeft: [Character], _ longRight: [Character]) -> Int {
  let left = Array(longLeft.prefix(64))
  let right = Array(longRight.prefix(64))
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let cost = left[row] == right[column] ? 0 : 1
      var best = min(last[column] + cost, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}

/// `a`, `a or b`, `a, b or c`.
func listed(_ words: [String], _ conjunction: String = "or") -> String {
  guard words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " \(conjunction) " + words[words.count - 1]
}
