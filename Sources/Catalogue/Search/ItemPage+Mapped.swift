// SPDX-License-Identifier: Apache-2.0
import Parameters

extension ItemPage {
  /// The same page with each item changed, as for addresses of a server.
  public func mapped(_ change: (JSONObject) -> JSONObject) -> ItemPage {
    ItemPage(items: items.map(change), matched: matched, next: next, previous: previous)
  }
}
