// SPDX-License-Identifier: Apache-2.0
import Catalogue
import HTTP
import Parameters

/// Landing page, conformance and OpenAPI document: where every standard client begins.
struct LandingAPI {
  let platform: Platform

  var routes: [APIRoute] {
    [
      APIRoute(
        .get, "/api", id: "getLandingPage", "What is here", tag: "Capabilities", query: [.format],
        .work { .json(object: try landing($0)) }),
      APIRoute(
        .get, "/api/conformance", id: "getConformance", "The standards that the server keeps to", tag: "Capabilities",
        query: [.format],
        .work { _ in .json(["conformsTo": .array(Self.conformance.map(JSONValue.string))]) }),
      APIRoute(
        .get, "/api/openapi", id: "getOpenAPI", "This interface as an OpenAPI document", tag: "Capabilities",
        answers: [.jsonOpenAPI],
        .work { request in
          .json(object: platform.openAPI(base: request.base), type: "application/vnd.oai.openapi+json;version=3.0")
        }),
    ]
  }

  private func landing(_ request: APIRequest) throws -> JSONObject {
    let base = request.link("/api")
    func link(_ relation: String, _ path: String, _ type: String, _ title: String) -> JSONValue {
      ["rel": .string(relation), "href": .string(base + path), "type": .string(type), "title": .string(title)]
    }
    let json = "application/json"
    let openAPI = "application/vnd.oai.openapi+json;version=3.0"
    let links = [
      link("service-desc", "/openapi", openAPI, "OpenAPI document"),
      link("http://www.opengis.net/def/rel/ogc/1.0/conformance", "/conformance", json, "Conformance"),
      link("http://www.opengis.net/def/rel/ogc/1.0/processes", "/processes", json, "Processes"),
      link("http://www.opengis.net/def/rel/ogc/1.0/job-list", "/jobs", json, "Jobs"),
      link("alternate", "?f=html", "text/html", "This document as a page"),
      ["rel": "service-doc", "href": .string(request.link("/")), "type": "text/html", "title": "The page"],
    ]
    var document = StacAPI(root: base).landing(
      id: "ogive", title: platform.settings.title,
      description: "Images, measurements of moving ground, and the processes that make them.",
      collections: try platform.catalogue.collections(for: request.viewer))
    document["conformsTo"] = .array(Self.conformance.map(JSONValue.string))
    document["links"] = .array((document["links"]?.arrayValue ?? []) + links)
    return document
  }

  static let conformance =
    [
      "core", "ogc-process-description", "json", "html", "oas30", "job-list", "callback", "dismiss",
    ].map { "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/\($0)" }
    + StacAPI.conformance
}

extension APIAnswer {
  static let jsonOpenAPI = APIAnswer(
    status: 200, summary: "The document", type: "application/vnd.oai.openapi+json;version=3.0",
    schema: ["type": "object"])
}
