// SPDX-License-Identifier: Apache-2.0
import Storage

extension Catalogue {
  /// The catalogue's tables, and the functions that its statements call.
  public static let schema = Schema("catalogue", [items, packages, clouds], functions: CatalogueFunctions.all)

  /// Columns that filters ask for stand beside the document; the document has a table of its own, so that walking
  /// over many items reads little. `item_boxes` holds a box for each side of the antimeridian, with the time in
  /// days; SQLite lets no trigger write into it where the file is not trusted, so that `removeItems` keeps it in
  /// step.
  private static let items = """
    CREATE TABLE collections (
      id TEXT PRIMARY KEY,
      document TEXT NOT NULL,
      license TEXT NOT NULL,
      is_restricted INTEGER NOT NULL,
      owner TEXT NOT NULL,
      visibility TEXT NOT NULL,
      visibility_group TEXT
    ) WITHOUT ROWID;

    CREATE TABLE items (
      number INTEGER PRIMARY KEY,
      collection TEXT NOT NULL REFERENCES collections ON DELETE CASCADE,
      id TEXT NOT NULL,
      moment INTEGER NOT NULL,
      start INTEGER NOT NULL,
      finish INTEGER NOT NULL,
      west REAL, south REAL, east REAL, north REAL,
      cloud_cover REAL,
      platform TEXT,
      constellation TEXT,
      relative_orbit INTEGER,
      orbit_state TEXT,
      gsd REAL,
      grid_code TEXT,
      processing_level TEXT,
      sun_azimuth REAL,
      sun_elevation REAL,
      off_nadir REAL,
      created INTEGER,
      updated INTEGER,
      is_restricted INTEGER NOT NULL,
      owner TEXT NOT NULL,
      visibility TEXT NOT NULL,
      visibility_group TEXT,
      title TEXT,
      shape BLOB,
      UNIQUE (collection, id)
    );
    -- What most questions ask for stands in the index as well: a walk in the order of time then leaves the other
    -- items alone.
    CREATE INDEX items_by_time ON items (
      moment, number, cloud_cover, platform, start, finish, south, north, west, east, visibility, owner,
      visibility_group
    );
    CREATE INDEX items_by_collection ON items (collection, moment, number);
    CREATE INDEX items_by_id ON items (id);

    CREATE TABLE item_documents (
      number INTEGER PRIMARY KEY REFERENCES items ON DELETE CASCADE,
      document TEXT NOT NULL
    );

    CREATE VIRTUAL TABLE item_boxes USING rtree (key, west, east, south, north, first, last, +item INTEGER);
    """

  private static let packages = """
    CREATE TABLE basket (
      user TEXT NOT NULL,
      item INTEGER NOT NULL REFERENCES items ON DELETE CASCADE,
      added INTEGER NOT NULL,
      PRIMARY KEY (user, item)
    ) WITHOUT ROWID;

    CREATE TABLE packages (
      id TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      description TEXT NOT NULL,
      created INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      owner TEXT NOT NULL,
      visibility TEXT NOT NULL,
      visibility_group TEXT
    ) WITHOUT ROWID;

    CREATE TABLE package_items (
      package TEXT NOT NULL REFERENCES packages ON DELETE CASCADE,
      place INTEGER NOT NULL,
      collection TEXT NOT NULL,
      item TEXT NOT NULL,
      PRIMARY KEY (package, place),
      UNIQUE (package, collection, item)
    ) WITHOUT ROWID;

    CREATE TABLE package_versions (
      package TEXT NOT NULL REFERENCES packages ON DELETE CASCADE,
      version INTEGER NOT NULL,
      published INTEGER NOT NULL,
      note TEXT NOT NULL,
      items TEXT NOT NULL,
      checksum TEXT NOT NULL,
      PRIMARY KEY (package, version)
    ) WITHOUT ROWID;
    """

  private static let clouds = """
    CREATE TABLE cloud_shares (
      item INTEGER NOT NULL REFERENCES items ON DELETE CASCADE,
      area TEXT NOT NULL,
      cloud REAL,
      seen REAL NOT NULL,
      PRIMARY KEY (item, area)
    ) WITHOUT ROWID;
    """
}
