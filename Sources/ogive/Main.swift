// SPDX-License-Identifier: Apache-2.0

@main
struct Ogive {
  static func main() {
    print("ogive")
  }
}
