// SPDX-License-Identifier: Apache-2.0

const side = 256;
const limit = 512;

/**
 * The tiles of one layer of a result as the server measured them: float32, NaN where there is nothing.
 *
 * Colours, arrows and the value under the pointer all read the same tiles, each of which is fetched once.
 */
export class FloatTiles {
  #tiles = new Map();
  #fetch;

  /**
   * @param {string} address of the layer, up to `/tiles`
   * @param {(address: string) => Promise<ArrayBuffer|null>} fetch null where there is no tile
   */
  constructor(address, fetch) {
    this.address = address;
    this.#fetch = fetch;
  }

  /** @returns {Promise<Float32Array|null>} 256 × 256 values from the top-left; null where there is no tile */
  load(z, x, y) {
    const key = `${z}/${x}/${y}`;
    const known = this.#tiles.get(key);
    if (known) {
      // Put last: what was used longest ago stands first and goes first.
      this.#tiles.delete(key);
      this.#tiles.set(key, known);
      return known.promise;
    }
    const entry = { values: null };
    entry.promise = this.#fetch(`${this.address}/${key}.f32`).then((buffer) => {
      entry.values = buffer && buffer.byteLength === side * side * 4 ? new Float32Array(buffer) : null;
      return entry.values;
    }, (error) => {
      this.#tiles.delete(key);
      throw error;
    });
    this.#tiles.set(key, entry);
    if (this.#tiles.size > limit) this.#tiles.delete(this.#tiles.keys().next().value);
    return entry.promise;
  }

  /** The values of a tile if they are here already. */
  loaded(z, x, y) {
    return this.#tiles.get(`${z}/${x}/${y}`)?.values ?? null;
  }
}

/** The tile grid of a result: that of web maps, or halved levels of an image that lies on no map. */
export function tileGrid(ol, grid, maximumZoom = 16) {
  if (grid.kind !== "pixel") return ol.tilegrid.createXYZ({ maxZoom: maximumZoom, tileSize: side });
  return new ol.tilegrid.TileGrid({
    origin: [0, 0], extent: [0, -grid.rows, grid.columns, 0], tileSize: side,
    resolutions: Array.from({ length: grid.zoom + 1 }, (_, level) => 2 ** (grid.zoom - level)),
  });
}

/**
 * Reads values of tiles at coordinates of the view.
 *
 * @param {Object} tileGrid of the library
 * @param {FloatTiles} tiles
 * @param {number} resolution of the view: the level that is shown is the one read
 * @returns {(coordinate: [number, number]) => number|undefined} undefined where the tile is not here yet
 */
export function valueReader(tileGrid, tiles, resolution) {
  const z = tileGrid.getZForResolution(resolution);
  return (coordinate) => {
    const [, x, y] = tileGrid.getTileCoordForCoordAndZ(coordinate, z);
    const values = tiles.loaded(z, x, y);
    if (!values) return undefined;
    const [west, south, , north] = tileGrid.getTileCoordExtent([z, x, y]);
    const step = (north - south) / side;
    const column = Math.min(side - 1, Math.max(0, Math.floor((coordinate[0] - west) / step)));
    const row = Math.min(side - 1, Math.max(0, Math.floor((north - coordinate[1]) / step)));
    return values[row * side + column];
  };
}
