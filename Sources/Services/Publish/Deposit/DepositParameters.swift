// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What a user says about a data set that is to be deposited in an archive.
public struct DepositParameters: ParameterSet {
  @Parameter("Run folder that is published", .positional) public var run: InputFolder

  @Parameter("Folder of the package; a file of this name with .zip behind it holds the same") public
    var out: OutputFolder

  @Parameter("Title of the data set", .absent("that of the run's collection")) public var title: String?

  @Parameter(
    "Who made it: \"Given Family <ORCID> (Affiliation)\", where ORCID and affiliation may be left out and an "
      + "underscore stands for a space inside the family name") public var authors: [String] = []

  @Parameter("What it is, in some sentences", .absent("how the run made it")) public var abstract: String?

  @Parameter("Licence of the data, an identifier of the SPDX list") public var licence = "CC-BY-4.0"

  @Parameter("Words under which it should be found") public var keywords: [String] = []

  @Parameter("Version of the data set") public var dataVersion = "1.0"

  @Parameter("Archive that publishes it, e.g. Zenodo") public var publisher = "(:tba)"

  @Parameter("DOI, where the archive has reserved one, e.g. 10.5281/zenodo.1234567") public var doi: String?

  @Parameter("Prefix under which the archive will make a DOI, e.g. 10.5281") public var doiPrefix: String?

  @Parameter("Day of publication", .absent("today")) public var date: CalendarDate?

  @Parameter("Licence of the images that the data were made from, in words, and who may have them") public
    var inputLicence: String?

  @Parameter("Leave out the rasters of single pairs") public var withoutPairs = false

  @Parameter("Leave out the report, which shows the motion over an image, as the licence of the image may ask") public
    var withoutReport = false

  @Parameter("Write the package as one .zip file too") public var zip = true

  public init() {}

  public func validate() throws(ParameterError) {
    if authors.isEmpty { throw .conflict("authors", "an archive wants to know who made the data: give `authors`") }
    if let doi, !doi.hasPrefix("10.") || !doi.contains("/") {
      throw .conflict("doi", "`doi` is the bare name, such as 10.5281/zenodo.1234567, and not \(doi)")
    }
    if let doiPrefix, !doiPrefix.hasPrefix("10.") || doiPrefix.contains("/") {
      throw .conflict(
        "doiPrefix", "`doi-prefix` is what stands before the stroke, such as 10.5281, and not \(doiPrefix)")
    }
  }
}
