// SPDX-License-Identifier: Apache-2.0
import Foundation
import Products
import RasterIO
import TestSupport
import Testing

@Suite("Acquisition date")
struct AcquisitionDateTests {
  static let now = Date(timeIntervalSince1970: 1_780_000_000)  // May 2026

  private func date(_ path: String, _ tags: [RasterTag] = []) -> AcquisitionDateFinding {
    AcquisitionDate.find(path: path, metadata: tags, now: AcquisitionDateTests.now)
  }

  @Test(
    "names of products and of plain files give the sensing date",
    arguments: [
      ["perito_moreno_s2/20200121.jpg", "2020-01-21"],
      [
        "a/clip_HH_S1B_EW_GRDM_1SDH_20200301T083237_20200301T083346_020496_026D68_5471_adjusted.tif",
        "2020-03-01T08:32:37Z",
      ],
      ["LM01_L1GS_005037_19720823_20200909_02_T2_MTL.xml", "1972-08-23"],
      ["LC08_L2SP_005009_20150710_20200908_02_T2_SR_B5.TIF", "2015-07-10"],
      ["LC80052332015216LGN01_B8.TIF", "2015-08-04"],
      ["S2A_MSIL2A_20230625T234621_N0509_R073_T01WCP_20230626T022158.SAFE", "2023-06-25T23:46:21Z"],
      [
        "S2A_MSIL1C_20210908T042701_N0301_R133_T46RER_20210908T070248.SAFE/GRANULE/L1C_T46RER_A032448_20210908T043714/"
          + "IMG_DATA/T46RER_20210908T042701_B08.jp2", "2021-09-08T04:27:01Z",
      ],
      ["S2A_MSIL1C_20210908T042701_N0301_R133_T46RER_20210908T070248.SAFE/MTD.xml", "2021-09-08T04:27:01Z"],
      [
        "S2A_OPER_PRD_MSIL1C_PDMC_20160607T181204_R065_V20160606T101026_20160606T101030.SAFE", "2016-06-06T10:10:26Z",
      ],
      ["S2A_OPER_MSI_L2A_TL_VGS1_20220401T110010_A035382_T34LBQ", "2022-04-01"],
      ["20200814_103515_1009_3B_AnalyticMS.tif", "2020-08-14T10:35:15Z"],
      ["glacier_2020-01-01.tif", "2020-01-01"], ["glacier_2020_01_01_b.tif", "2020-01-01"],
      ["img-2020-01-01T10:20:30.tif", "2020-01-01T10:20:30Z"], ["20200301083237.png", "2020-03-01T08:32:37Z"],
      ["MOD09A1.A2020032.h18v03.tif", "2020-02-01"], ["ortho_20200101_made_20211111.tif", "2020-01-01"],
    ])
  func names(pair: [String]) {
    #expect(date(pair[0]).date?.iso8601 == pair[1], "\(date(pair[0]))")
  }

  @Test("names without a date that can be believed say why")
  func unknown() {
    #expect(date("reference.tif") == .unknown(reason: "there is no date in the name reference.tif or the metadata"))
    #expect(
      date("scene_01022020.tif")
        == .unknown(reason: "01022020 in scene_01022020.tif may have the day or the month first"))
    #expect(
      date("20200101_20200121_dx.tif")
        == .unknown(reason: "20200101_20200121_dx.tif names two dates, 2020-01-01 and 2020-01-21: say which is meant")
    )
    for name in ["20201301.tif", "20200230.tif", "18991231.tif", "20990101.tif", "123456789012.tif", "t_2021366.tif"]
    {
      #expect(date(name).date == nil, "\(name)")
    }
  }

  @Test("metadata of the acquisition come before the name, the TIFF time stamp comes last")
  func metadata() {
    let acquired = date(
      "20190101.tif", [RasterTag("DATE_ACQUIRED", "2015-08-04"), RasterTag("SCENE_CENTER_TIME", "\"17:21:50.4Z\"")])
    #expect(
      acquired.date?.iso8601 == "2015-08-04T17:21:50Z" && acquired.date?.source == "metadata item DATE_ACQUIRED")
    let sensing = date("x.jp2", [RasterTag("PRODUCT_START_TIME", "2016-06-08T10:10:32.029Z")])
    #expect(sensing.date?.iso8601 == "2016-06-08T10:10:32Z")
    let stamp = [RasterTag("TIFFTAG_DATETIME", "2021:02:03 04:05:06")]
    #expect(date("20190101.tif", stamp).date?.source == "file name")
    let weak = date("x.tif", stamp).date
    #expect(weak?.iso8601 == "2021-02-03T04:05:06Z" && weak?.source == "metadata item TIFFTAG_DATETIME")
  }

  @Test("days between dates are whole unless both times are known")
  func separation() throws {
    let a = try #require(AcquisitionDate("2020-01-01")), b = try #require(AcquisitionDate("20200121T060000"))
    #expect(a.days(to: b) == 20)
    let c = try #require(AcquisitionDate("2020-01-21T18:00:00Z"))
    #expect(b.days(to: c) == 0.5 && a < b && b < c)
    #expect(AcquisitionDate("tomorrow") == nil && AcquisitionDate("2020-02-30") == nil)
    #expect(AcquisitionDate("2020-01-31T10:20")?.iso8601 == "2020-01-31T10:20:00Z")
  }

  @Test("the calendar agrees with the system's over 200 years")
  func calendar() throws {
    for day in stride(from: -25_000, through: 47_000, by: 13) {
      let known = Date(timeIntervalSince1970: Double(day) * 86_400 + 43_200).ISO8601Format().prefix(10)
      #expect(AcquisitionDate(String(known))?.seconds == Double(day) * 86_400 + 43_200)
      #expect(AcquisitionDate(String(known))?.iso8601 == String(known))
    }
  }

  @Test("real files of the shared data have their dates", .enabled(if: perito != nil, "needs ../shared/data"))
  func realFiles() throws {
    let image = try RasterImage.open(try #require(perito).path)
    #expect(AcquisitionDate.find(for: image).date?.iso8601 == "2020-01-21")
  }

  @Test("Landsat scenes have the date of their name", .enabled(if: landsat != nil, "needs ../shared/data"))
  func landsatNames() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: try #require(landsat).path)
    let scenes = names.filter { $0.hasPrefix("LM0") }
    #expect(!scenes.isEmpty)
    for name in scenes {
      let stamp = name.split(separator: "_")[3]
      #expect(date(name).date?.iso8601.replacing("-", with: "") == String(stamp))
    }
  }
}

private let perito = SharedData.file("perito_moreno_s2/20200121.jpg")
private let landsat = SharedData.file("landsat_c2_l2/metadata_mss")
