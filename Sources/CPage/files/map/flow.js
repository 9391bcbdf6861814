// SPDX-License-Identifier: Apache-2.0
import { MotionReader } from "./motionreader.js";

const pixelsPerSecond = 60;
const longestLife = 4;
const perParticle = 900;
const mostParticles = 2400;
const stillSteps = 24;
const stillStep = 1 / 24;

/**
 * Particles that drift with the motion of a result: fast ground draws long trails.
 *
 * For those who asked for less motion the trails are drawn once and stand still.
 */
export class FlowLayer {
  #ol;
  #view;
  #tiles;
  #canvas = document.createElement("canvas");
  #reader = null;
  #read = null;
  #speed = 1;
  #particles = [];
  #frame = 0;
  #last = 0;
  #isStill = matchMedia("(prefers-reduced-motion: reduce)");
  #onStart = () => this.#clear();
  #onEnd = () => this.#begin();

  /**
   * @param {Object} ol the library
   * @param {MapView} view
   * @param {(name: string) => FloatTiles} tiles
   */
  constructor(ol, view, tiles) {
    this.#ol = ol;
    this.#view = view;
    this.#tiles = tiles;
    this.#canvas.className = "map-flow";
    this.#canvas.hidden = true;
    view.canvas.append(this.#canvas);
    view.map.on("movestart", this.#onStart);
    view.map.on("moveend", this.#onEnd);
    this.#isStill.addEventListener("change", this.#onEnd);
  }

  get isOn() { return this.#reader !== null; }

  /**
   * @param {{name: string, east: string, north: string}|null} arrows names of the layers; null ends the flow
   * @param {number} [speed] the speed that crosses 60 px in a second
   * @param {number} [maximumZoom] of the tiles
   */
  show(arrows, speed = 1, maximumZoom = 14) {
    const key = arrows && `${arrows.name} ${speed} ${maximumZoom}`;
    if (key === this.#canvas.dataset.shown || (!arrows && !this.isOn)) return;
    this.#canvas.dataset.shown = key ?? "";
    this.#canvas.hidden = !arrows;
    this.#reader = arrows && new MotionReader(this.#ol, this.#view, this.#tiles, arrows, maximumZoom);
    this.#speed = speed;
    if (arrows) this.#begin();
    else this.#clear();
  }

  close() {
    this.#clear();
    this.#reader = null;
    this.#view.map.un("movestart", this.#onStart);
    this.#view.map.un("moveend", this.#onEnd);
    this.#isStill.removeEventListener("change", this.#onEnd);
  }

  #clear() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    // A new size also wipes the canvas.
    this.#canvas.width = 0;
  }

  #begin() {
    this.#clear();
    const size = this.#view.map.getSize();
    if (!this.#reader || !size || size[0] * size[1] === 0) return;
    const ratio = Math.min(2, devicePixelRatio);
    [this.#canvas.width, this.#canvas.height] = size.map((side) => Math.round(side * ratio));
    this.#canvas.getContext("2d").scale(ratio, ratio);
    const { center, resolution } = this.#view.map.getView().getState();
    this.#read = this.#reader.at(resolution, () => this.#isStill.matches && this.#later());
    const toMap = ([x, y]) => [center[0] + (x - size[0] / 2) * resolution, center[1] - (y - size[1] / 2) * resolution];
    const count = Math.min(mostParticles, Math.round((size[0] * size[1]) / perParticle));
    this.#particles = Array.from({ length: count }, () => this.#newborn(size));
    if (this.#isStill.matches) this.#drawStill(size, toMap);
    else this.#frame = requestAnimationFrame((now) => this.#run(now, size, toMap));
  }

  // Tiles come one by one: still trails are drawn again when the last of them is here.
  #later() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#begin());
  }

  #newborn(size) {
    return { place: size.map((side) => Math.random() * side), left: Math.random() * longestLife };
  }

  #run(now, size, toMap) {
    const seconds = Math.min(0.1, Math.max(0, (now - (this.#last || now)) / 1000));
    this.#last = now;
    const context = this.#canvas.getContext("2d");
    // What was drawn before fades, so that a trail ends.
    context.globalCompositeOperation = "destination-out";
    context.fillStyle = `rgba(0,0,0,${Math.min(1, 3 * seconds)})`;
    context.fillRect(0, 0, ...size);
    context.globalCompositeOperation = "source-over";
    this.#stroke(context, this.#advance(seconds, size, toMap));
    this.#frame = requestAnimationFrame((next) => this.#run(next, size, toMap));
  }

  /** Each trail by itself: one path of all of them takes a processor seconds to draw. */
  #drawStill(size, toMap) {
    const context = this.#canvas.getContext("2d");
    for (let number = 0; number < this.#particles.length; number += 4) {
      const path = new Path2D();
      let place = this.#particles[number].place;
      path.moveTo(...place);
      for (let step = 0; step < stillSteps && place; step += 1) {
        place = this.#next(place, stillStep, toMap);
        if (place) path.lineTo(...place);
      }
      this.#stroke(context, path);
    }
  }

  /** Where a point of the screen is after some seconds; null where nothing is known to move. */
  #next([x, y], seconds, toMap) {
    const motion = this.#read(toMap([x, y]));
    const scale = (pixelsPerSecond / this.#speed) * seconds;
    return motion && [x + motion[0] * scale, y - motion[1] * scale];
  }

  /** Moves all particles on; gives the way that they have gone. */
  #advance(seconds, size, toMap) {
    const path = new Path2D();
    for (const particle of this.#particles) {
      const next = this.#next(particle.place, seconds, toMap);
      particle.left -= seconds;
      if (next) {
        path.moveTo(...particle.place);
        path.lineTo(...next);
        particle.place = next;
      }
      const isGone = !next || next.some((at, axis) => at < 0 || at > size[axis]);
      if (isGone || particle.left < 0) {
        Object.assign(particle, this.#newborn(size), { left: longestLife * (0.5 + Math.random() / 2) });
      }
    }
    return path;
  }

  #stroke(context, path) {
    context.lineCap = "round";
    context.strokeStyle = "rgba(17,26,34,.5)";
    context.lineWidth = 2.8;
    context.stroke(path);
    context.strokeStyle = "rgba(255,255,255,.92)";
    context.lineWidth = 1.3;
    context.stroke(path);
  }
}
