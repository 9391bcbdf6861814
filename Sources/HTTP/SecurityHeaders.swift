// SPDX-License-Identifier: Apache-2.0

/// Header fields that keep a browser from doing what a page of ours never asks for.
public enum SecurityHeaders {
  /// Adds those that are missing, so that an answer with reasons of its own keeps its own.
  ///
  /// - Parameters:
  ///   - isSecure: whether the client came over TLS; only then may a browser be told to insist on it.
  ///   - imageSources: further places that pages may draw images from, e.g. of a basemap: `https://tiles.example.org`.
  public static func add(to response: inout HTTPResponse, isSecure: Bool, imageSources: [String] = []) {
    var fields = [
      ("X-Content-Type-Options", "nosniff"),
      ("Referrer-Policy", "same-origin"),
      ("X-Frame-Options", "DENY"),
      ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Content-Security-Policy", policy(imageSources)),
    ]
    if isSecure { fields.append(("Strict-Transport-Security", "max-age=31536000")) }
    for (name, value) in fields where response.headers[name] == nil { response.headers[name] = value }
  }

  /// Scripts, styles and data from here only. Styles in attributes are what the map library sets; scripts never are.
  private static func policy(_ imageSources: [String]) -> String {
    let images = (["'self'", "data:", "blob:"] + imageSources.filter(isPlain)).joined(separator: " ")
    return "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src \(images); "
      + "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
      + "frame-ancestors 'none'"
  }

  /// A source with a blank, comma or semicolon would end the list or the rule.
  private static func isPlain(_ source: String) -> Bool {
    !source.isEmpty && source.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x3b && $0 != 0x2c && $0 != 0x27 }
  }
}
