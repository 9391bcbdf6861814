// SPDX-License-Identifier: Apache-2.0
import { MotionReader } from "./motionreader.js";

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
    this.#shown = arrows && { speed, motion: new MotionReader(this.#ol, this.#view, this.#tiles, arrows, maximumZoom) };
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
    const { speed, motion } = this.#shown;
    const read = motion.at(resolution, () => this.layer.changed());
    const path = new Path2D();
    for (let column = Math.floor(west / step); column * step < west + width * resolution; column += 1) {
      for (let row = Math.floor((north - height * resolution) / step); row * step < north; row += 1) {
        const coordinate = [(column + 0.5) * step, (row + 0.5) * step];
        const there = read(coordinate);
        if (!there) continue;
        const pixels = there.map((part) => (part / speed) * longest);
        arrow(path, (coordinate[0] - west) / resolution, (north - coordinate[1]) / resolution, pixels);
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
