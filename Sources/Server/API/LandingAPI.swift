// SPDX-License-Identifier: Apache-2.0
import HTTP
import Parameters

/// Landing page, conformance and OpenAPI document: where every standard client begins.
struct LandingAPI {
  let platform: Platform

  var routes: [APIRoute] {
    [
      APIRoute(
        .get, "/api", id: "getLandingPage", "What is here", tag: "Capabilities",
        .work { .json(object: landing($0)) }),
      APIRoute(
        .get, "/api/conformance", id: "getConformance", "The standards that the server keeps to", tag: "Capabilities",
        .work { _ in .json(["conformsTo": .array(Self.conformance.map(JSONValue.string))]) }),
      APIRoute(
        .get, "/api/openapi", id: "getOpenAPI", "This interface as an OpenAPI document", tag: "Capabilities",
        answers: [.jsonOpenAPI],
        .work { request in
          .json(object: platform.openAPI(base: request.base), type: "application/vnd.oai.openapi+json;version=3.0")
        }),
    ]
  }

  private func landing(_ request: APIRequest) -> JSONObject {
    let base = request.link("/api")
    func link(_ relation: String, _ path: String, _ type: String, _ title: String) -> JSONValue {
      ["rel": .string(relation), "href": .string(base + path), "type": .string(type), "title": .string(title)]
    }
    let json = "application/json"
    let openAPI = "application/vnd.oai.openapi+json;version=3.0"
    let links = [
      link("self", "", json, "This document"), link("root", "", json, "This document"),
      link("service-desc", "/openapi", openAPI, "OpenAPI document"),
      link("conformance", "/conformance", json, "Conformance"),
      link("http://www.opengis.net/def/rel/ogc/1.0/conformance", "/conformance", json, "Conformance"),
      link("http://www.opengis.net/def/rel/ogc/1.0/processes", "/processes", json, "Processes"),
      link("http://www.opengis.net/def/rel/ogc/1.0/job-list", "/jobs", json, "Jobs"),
      link("data", "/collections", json, "Collections of images and results"),
      ["rel": "service-doc", "href": .string(request.link("/")), "type": "text/html", "title": "The page"],
      [
        "rel": "search", "href": .string(base + "/search"), "type": "application/geo+json", "title": "Search",
        "method": "GET",
      ],
      [
        "rel": "search", "href": .string(base + "/search"), "type": "application/geo+json", "title": "Search",
        "method": "POST",
      ],
      link(
        "http://www.opengis.net/def/rel/ogc/1.0/queryables", "/queryables", "application/schema+json", "Queryables"),
    ]
    return [
      "type": "Catalog", "stac_version": "1.1.0", "id": "ogive", "title": .string(platform.settings.title),
      "description": "Images, measurements of moving ground, and the processes that make them.",
      "conformsTo": .array(Self.conformance.map(JSONValue.string)), "links": .array(links),
    ]
  }

  static let conformance =
    [
      "core", "ogc-process-description", "json", "html", "oas30", "job-list", "callback", "dismiss",
    ].map { "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/\($0)" }
    + [
      "https://api.stacspec.org/v1.0.0/core", "https://api.stacspec.org/v1.0.0/collections",
      "https://api.stacspec.org/v1.0.0/ogcapi-features", "https://api.stacspec.org/v1.0.0/item-search",
      "https://api.stacspec.org/v1.0.0/item-search#sort", "https://api.stacspec.org/v1.0.0/item-search#fields",
      "https://api.stacspec.org/v1.0.0/item-search#filter",
      "https://api.stacspec.org/v1.0.0/ogcapi-features#sort",
      "https://api.stacspec.org/v1.0.0/ogcapi-features#fields",
      "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
      "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
      "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
      "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
      "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
      "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text", "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
      "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    ]
}

extension APIAnswer {
  static let jsonOpenAPI = APIAnswer(
    status: 200, summary: "The document", type: "application/vnd.oai.openapi+json;version=3.0",
    schema: ["type": "object"])
}
