// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Schemas of what the server answers, by the names that routes use.
enum APISchemas {
  static let all: JSONObject = [
    "link": .object(link), "statusInfo": .object(statusInfo), "jobList": .object(jobList),
    "processList": .object(processList), "process": .object(process), "results": ["type": "object"],
  ]

  private static let link = JSONObject.object(
    [
      "href": ["type": "string"], "rel": ["type": "string"], "type": ["type": "string"], "title": ["type": "string"],
    ], required: ["href"], isOpen: true)

  private static let links: JSONValue = ["type": "array", "items": ["$ref": "#/components/schemas/link"]]

  private static let statusInfo = JSONObject.object(
    [
      "jobID": ["type": "string"], "processID": ["type": "string"], "type": .choice(["process"]),
      "status": .choice(["accepted", "running", "successful", "failed", "dismissed"]),
      "message": ["type": "string"], "progress": ["type": "integer", "minimum": 0, "maximum": 100],
      "created": ["type": "string", "format": "date-time"], "started": ["type": "string", "format": "date-time"],
      "finished": ["type": "string", "format": "date-time"], "updated": ["type": "string", "format": "date-time"],
      "links": links,
    ], required: ["jobID", "status", "type"], isOpen: true)

  private static let jobList = JSONObject.object(
    ["jobs": ["type": "array", "items": ["$ref": "#/components/schemas/statusInfo"]], "links": links],
    required: ["jobs", "links"], isOpen: true)

  private static let summary: JSONObject = [
    "id": ["type": "string"], "version": ["type": "string"], "title": ["type": "string"],
    "description": ["type": "string"],
    "jobControlOptions": [
      "type": "array", "items": .choice(["sync-execute", "async-execute", "dismiss"]),
    ],
    "outputTransmission": ["type": "array", "items": .choice(["value", "reference"])], "links": links,
  ]

  private static let processList = JSONObject.object(
    [
      "processes": ["type": "array", "items": .object(.object(summary, required: ["id", "version"], isOpen: true))],
      "links": links,
    ], required: ["processes", "links"], isOpen: true)

  private static let process = JSONObject.object(
    summary.merged(with: ["inputs": ["type": "object"], "outputs": ["type": "object"]]), required: ["id", "version"],
    isOpen: true)
}
