// SPDX-License-Identifier: Apache-2.0
import { convergence } from "./convergence.js";
import { tileGrid } from "./floattiles.js";

const spacing = 36;
const longest = 30;

/**
 * Arrows of motion over a map, one every 36 px of the screen, read off the tiles of the east and the north component.
 *
 * Their places are tied to the ground, so that they stay where they are while the map is moved.
 */
export class ArrowLayer {
  #ol;
  #view;
  #tiles;
  #canvas = document.createElement("canvas");
  #shown = null;

  /**
   * @param {Object} ol the library
   * @param {MapView} view
   * @param {(name: string) => FloatTiles} tiles
   */
  constructor(ol, view, tiles) {
    this.#ol = ol;
    this.#view = view;
    this.#tiles = tiles;
    this.layer = new ol.layer.Layer({ render: (frame) => this.#render(frame), zIndex: 20, visible: false,
      source: new ol.source.Source({ projection: view.projection }) });
  }

  /**
   * @param {{east: string, north: string}|null} arrows names of the layers; null hides them
   * @param {number} [speed] the speed whose arrow is 30 px long
   * @param {number} [maximumZoom] of the tiles
   */
  show(arrows, speed = 1, maximumZoom = 14) {
    this.#shown = arrows && { east: this.#tiles(arrows.east), north: this.#tiles(arrows.north), speed,
      // Offsets count rows, which run down.
      up: arrows.pointsDown ? -1 : 1,
      grid: tileGrid(this.#ol, this.#view.grid, maximumZoom) };
    this.layer.setVisible(Boolean(arrows));
    this.layer.changed();
  }

  #render(frame) {
    const [width, height] = frame.size;
    const ratio = frame.pixelRatio;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    Object.assign(this.#canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%" });
    this.#canvas.className = "map-arrows";
    if (this.#shown) this.#draw(frame, ratio);
    return this.#canvas;
  }

  #draw(frame, ratio) {
    const context = this.#canvas.getContext("2d");
    context.scale(ratio, ratio);
    const { resolution, center } = frame.viewState;
    const step = spacing * resolution;
    const [width, height] = frame.size;
    const west = center[0] - (width / 2) * resolution;
    const north = center[1] + (height / 2) * resolution;
    const read = this.#reader(resolution);
    const path = new Path2D();
    for (let column = Math.floor(west / step); column * step < west + width * resolution; column += 1) {
      for (let row = Math.floor((north - height * resolution) / step); row * step < north; row += 1) {
        const coordinate = [(column + 0.5) * step, (row + 0.5) * step];
        const motion = this.#turned(read(coordinate), coordinate);
        if (motion) arrow(path, (coordinate[0] - west) / resolution, (north - coordinate[1]) / resolution, motion);
      }
    }
    context.lineJoin = "round";
    context.lineCap = "round";
    context.strokeStyle = "rgba(255,255,255,.9)";
    context.lineWidth = 3.6;
    context.stroke(path);
    context.strokeStyle = "#111a22";
    context.lineWidth = 1.5;
    context.stroke(path);
  }

  /** Turns motion from the axes of the result's grid into those of the map, whose top is north. */
  #turned(motion, coordinate) {
    if (!motion || this.#view.isPixel) return motion;
    const angle = convergence(this.#view.grid, this.#view.toPlace(coordinate)) * (Math.PI / 180);
    const [east, north] = motion;
    return [east * Math.cos(angle) + north * Math.sin(angle), north * Math.cos(angle) - east * Math.sin(angle)];
  }

  /** Gives motion in pixels of the screen; asks for the tiles that are missing and draws again when they come. */
  #reader(resolution) {
    const { east, north, speed, up, grid } = this.#shown;
    const z = grid.getZForResolution(resolution);
    const asked = new Set();
    const value = (tiles, tile, index) => {
      const values = tiles.loaded(...tile);
      if (values) return values[index];
      const key = tiles.address + tile.join("/");
      if (!asked.has(key)) {
        asked.add(key);
        tiles.load(...tile).then((loaded) => { if (loaded) this.layer.changed(); }, () => {});
      }
      return NaN;
    };
    return (coordinate) => {
      const tile = grid.getTileCoordForCoordAndZ(coordinate, z);
      const [west, south, , top] = grid.getTileCoordExtent(tile);
      const pixel = (top - south) / 256;
      const column = Math.min(255, Math.floor((coordinate[0] - west) / pixel));
      const row = Math.min(255, Math.floor((top - coordinate[1]) / pixel));
      const index = row * 256 + column;
      const motion = [value(east, tile, index), up * value(north, tile, index)];
      if (!motion.every(Number.isFinite)) return null;
      return motion.map((part) => (part / speed) * longest);
    };
  }
}

/** Adds an arrow that begins at a point of the screen; one shorter than a pixel and a half is a dot. */
function arrow(path, x, y, [east, north]) {
  const length = Math.hypot(east, north);
  if (length < 1.5) {
    path.moveTo(x + 0.7, y);
    path.arc(x, y, 0.7, 0, 2 * Math.PI);
    return;
  }
  // Faster than the longest arrow shows as the longest: neighbours stay readable.
  const cut = Math.min(1, (spacing * 1.4) / length);
  const [dx, dy] = [east * cut, -north * cut];
  const head = Math.min(7, 0.42 * length * cut);
  const angle = Math.atan2(dy, dx);
  path.moveTo(x - dx / 2, y - dy / 2);
  path.lineTo(x + dx / 2, y + dy / 2);
  for (const side of [-0.5, 0.5]) {
    path.moveTo(x + dx / 2, y + dy / 2);
    path.lineTo(x + dx / 2 - head * Math.cos(angle + side), y + dy / 2 - head * Math.sin(angle + side));
  }
}
