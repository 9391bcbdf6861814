// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("Schemas")
struct SchemaTests {
  let inputs = FixtureParameters.ogcInputs

  @Test(
    "describes each parameter as an OGC input",
    arguments: [
      (
        "reference",
        #"{"title":"Reference","description":"Earlier image","minOccurs":1,"maxOccurs":1,"#
          + #""schema":{"type":"string","minLength":1,"x-path":"input file","x-positional":true}}"#
      ),
      (
        "templateWindow",
        #"{"title":"Template window","description":"Side of the square template; automatic when absent","minOccurs":0,"#
          + #""maxOccurs":1,"schema":{"type":["integer","null"],"minimum":5,"maximum":511,"x-absent":"automatic","#
          + #""x-ogc-unit":"px","x-group":"Search"}}"#
      ),
      (
        "searchRadius",
        #"{"title":"Search radius","description":"Largest offset tried around the prior","minOccurs":0,"maxOccurs":1,"#
          + #""schema":{"type":"integer","minimum":0,"default":16,"x-ogc-unit":"px","x-group":"Search"}}"#
      ),
      (
        "coverage",
        #"{"title":"Coverage","description":"Share of the image that must be covered","minOccurs":0,"maxOccurs":1,"#
          + #""schema":{"type":"number","minimum":0.0,"exclusiveMaximum":1.0,"default":0.5,"x-group":"Limits"}}"#
      ),
      (
        "bbox",
        #"{"title":"Bbox","description":"Edges of the box that is measured","minOccurs":0,"maxOccurs":1,"#
          + #""schema":{"type":["array","null"],"items":{"type":"number"},"minItems":4,"maxItems":4,"x-absent":"none"}}"#
      ),
      (
        "method",
        #"{"title":"Method","description":"How offsets are measured","minOccurs":0,"maxOccurs":1,"#
          + #""schema":{"type":"string","enum":["search","least-squares","dense"],"x-enum-descriptions":["#
          + #""whole pixels by correlation","affine, point by point","affine on a grid"],"default":"dense"}}"#
      ),
    ])
  func inputs(name: String, text: String) {
    #expect(inputs[name]?.text(.line) == text)
  }

  @Test("is one object without further properties, in the order of declaration")
  func whole() {
    let schema = FixtureParameters.jsonSchema(title: "match")
    #expect(schema["additionalProperties"] == false)
    #expect(schema["required"] == ["reference", "secondary", "out"])
    #expect(schema["properties"]?.objectValue?.keys == FixtureParameters().fields.map(\.name))
    #expect(schema["properties"]?["minimumCorrelation"]?["x-advanced"] == true)
    #expect(schema["properties"]?["pixelSize"]?["exclusiveMinimum"] == 0)
  }

  @Test("describes a command as a process")
  func process() {
    let process = FixtureCommand { _ in .done }.processDescription(version: "0.1.0")
    #expect(process["id"] == "match")
    #expect(process["inputs"]?["seed"]?["schema"]?["default"] == 1)
  }
}
