// SPDX-License-Identifier: Apache-2.0
import { convergence } from "./convergence.js";
import { tileGrid } from "./floattiles.js";

/** Motion over a map, read off the tiles of its east and its north component. */
export class MotionReader {
  #view;
  #east;
  #north;
  #up;
  #grid;

  /**
   * @param {Object} ol the library
   * @param {MapView} view
   * @param {(name: string) => FloatTiles} tiles
   * @param {{east: string, north: string, pointsDown: boolean}} arrows names of the layers
   * @param {number} maximumZoom of the tiles
   */
  constructor(ol, view, tiles, arrows, maximumZoom) {
    this.#view = view;
    [this.#east, this.#north] = [tiles(arrows.east), tiles(arrows.north)];
    // Offsets count rows, which run down.
    this.#up = arrows.pointsDown ? -1 : 1;
    this.#grid = tileGrid(ol, view.grid, maximumZoom);
  }

  /**
   * Reads at a resolution of the view.
   *
   * @param {number} resolution
   * @param {() => void} onLoaded called when tiles come that were missing
   * @returns {(coordinate: [number, number]) => [number, number]|null} motion to the right and up the map, in the
   *   layer's unit; null where there is none, or none yet
   */
  at(resolution, onLoaded) {
    const z = this.#grid.getZForResolution(resolution);
    const range = this.#grid.getFullTileRange(z);
    const asked = new Set();
    const value = (tiles, tile, index) => {
      const values = tiles.loaded(...tile);
      if (values) return values[index];
      const key = tiles.address + tile.join("/");
      if (!asked.has(key)) {
        asked.add(key);
        tiles.load(...tile).then((loaded) => { if (loaded) onLoaded(); }, () => {});
      }
      return NaN;
    };
    return (coordinate) => {
      const tile = this.#grid.getTileCoordForCoordAndZ(coordinate, z);
      if (range && !range.containsXY(tile[1], tile[2])) return null;
      const [west, south, , top] = this.#grid.getTileCoordExtent(tile);
      const pixel = (top - south) / 256;
      const column = Math.min(255, Math.floor((coordinate[0] - west) / pixel));
      const row = Math.min(255, Math.floor((top - coordinate[1]) / pixel));
      const index = row * 256 + column;
      const motion = [value(this.#east, tile, index), this.#up * value(this.#north, tile, index)];
      return motion.every(Number.isFinite) ? this.#turned(motion, coordinate) : null;
    };
  }

  /** Turns motion from the axes of the result's grid into those of the map, whose top is north. */
  #turned([east, north], coordinate) {
    if (this.#view.isPixel) return [east, north];
    const angle = convergence(this.#view.grid, this.#view.toPlace(coordinate)) * (Math.PI / 180);
    return [east * Math.cos(angle) + north * Math.sin(angle), north * Math.cos(angle) - east * Math.sin(angle)];
  }
}
