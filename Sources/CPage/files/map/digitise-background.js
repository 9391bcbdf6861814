// SPDX-License-Identifier: Apache-2.0
import { FloatLayer } from "./floatlayer.js";
import { FloatTiles } from "./floattiles.js";
import { usualLook } from "./legend.js";

/** What is drawn upon: a layer of a job's results, or nothing but the map. */
export class Background {
  #screen;
  #float = null;
  #tiles = new Map();

  /** @param {DigitiseScreen} screen */
  constructor(screen) {
    this.#screen = screen;
    this.clear();
  }

  clear() {
    Object.assign(this, { job: null, title: null, grid: null, layers: [], layer: null });
  }

  /** Reads the layers of a job; without one there is no background. */
  async load(job, layer) {
    if (!job) return this.clear();
    if (job !== this.job) {
      const description = await this.#screen.context.api.get(`/api/jobs/${encodeURIComponent(job)}/layers`);
      Object.assign(this, { job, title: description.title, grid: description.grid, layers: description.layers });
      this.#tiles.clear();
    }
    this.layer = this.layers.find((one) => one.name === layer) ?? usualLayer(this.layers);
    return undefined;
  }

  /** Puts the layer on the map of the screen. */
  show() {
    const { ol, view } = this.#screen;
    if (!this.layer) return this.hide();
    const isFirst = !this.#float;
    this.#float ??= new FloatLayer(ol, { view, tiles: (name) => this.#tilesOf(name) });
    this.#float.show(this.layer, usualLook(this.layer));
    if (isFirst) view.map.addLayer(this.#float.layer);
  }

  hide() {
    if (this.#float) this.#screen.view.map.removeLayer(this.#float.layer);
    this.#float = null;
  }

  #tilesOf(name) {
    if (!this.#tiles.has(name)) {
      const address = `/api/jobs/${encodeURIComponent(this.job)}/layers/${encodeURIComponent(name)}/tiles`;
      this.#tiles.set(name, new FloatTiles(address, fetchTile));
    }
    return this.#tiles.get(name);
  }
}

/** A tile's bytes; null where the server has none. */
export async function fetchTile(address) {
  const response = await fetch(address, { credentials: "same-origin" });
  if (response.status === 404 || response.status === 204) return null;
  if (!response.ok) throw new Error(String(response.status));
  return response.arrayBuffer();
}

function usualLayer(layers) {
  return layers.find((layer) => layer.kind === "image") ?? layers.find((layer) =>
    layer.name === "speed") ?? layers[0] ?? null;
}
