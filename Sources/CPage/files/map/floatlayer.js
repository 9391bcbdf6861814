// SPDX-License-Identifier: Apache-2.0
import { classColours, colourTable, rgb } from "./colourmaps.js";
import { FloatTiles, tileGrid, valueReader } from "./floattiles.js";

/**
 * One layer of a result on the map, coloured in the page from its values.
 *
 * The texture holds the value and beside it how much of the colour shows: 0 where nothing was measured, and less than 1
 * where the sigma is large and fading is on. NaN never reaches the graphics card, whose answer to it differs.
 */
export class FloatLayer {
  #ol;
  #view;
  #sources = new Map();
  #tiles;

  /**
   * @param {Object} ol the library
   * @param {Object} options
   * @param {MapView} options.view
   * @param {(name: string) => FloatTiles} options.tiles the tiles of a layer by its name
   */
  constructor(ol, { view, tiles }) {
    this.#ol = ol;
    this.#view = view;
    this.#tiles = tiles;
    this.layer = null;
    this.shown = null;
  }

  /**
   * Shows a layer.
   *
   * @param {Object} layer as described by the server
   * @param {{map: string, range: [number, number], opacity: number, fade: number|null}} look `fade` is the sigma at
   *   which the colour is gone, in the layer's unit; null shows all alike
   */
  show(layer, look) {
    const isOther = this.shown?.layer.name !== layer.name || this.shown?.look.fade !== look.fade;
    const isRecoloured = this.shown?.layer.kind !== layer.kind || this.shown?.look.map !== look.map
      || layer.kind === "flags";
    this.shown = { layer, look };
    if (!this.layer) {
      this.layer = new this.#ol.layer.WebGLTile({ source: this.#source(layer, look.fade), style: style(layer, look),
        cacheSize: 256, zIndex: 10, className: "map-values" });
    } else {
      if (isRecoloured) this.layer.setStyle(style(layer, look));
      if (isOther) this.layer.setSource(this.#source(layer, look.fade));
    }
    const [low, high] = orderedRange(look.range);
    this.layer.updateStyleVariables({ low, high });
    this.layer.setOpacity(look.opacity);
    this.layer.setVisible(true);
  }

  /** The value that is shown at a coordinate of the view; undefined where it is not known yet. */
  valueAt(coordinate) {
    if (!this.shown) return undefined;
    return this.#read(this.shown.layer.name, this.shown.layer, coordinate);
  }

  /** Its sigma, where the layer has one and its tiles are here. */
  sigmaAt(coordinate) {
    const name = this.shown?.layer.sigma;
    return name ? this.#read(name, this.shown.layer, coordinate) : undefined;
  }

  #read(name, layer, coordinate) {
    const resolution = this.#view.map.getView().getResolution();
    return valueReader(this.#gridOf(layer), this.#tiles(name), resolution)(coordinate);
  }

  #gridOf(layer) {
    return tileGrid(this.#ol, this.#view.grid, layer.maximumZoom ?? 14);
  }

  #source(layer, fade) {
    const key = `${layer.name}|${fade ?? ""}`;
    const known = this.#sources.get(key);
    if (known) return known;
    const values = this.#tiles(layer.name);
    const sigmas = fade !== null && layer.sigma ? this.#tiles(layer.sigma) : null;
    const source = new this.#ol.source.DataTile({
      loader: async (z, x, y) => {
        const parts = await Promise.all([values.load(z, x, y), sigmas?.load(z, x, y)]);
        return paired(parts[0], parts[1] ?? null, fade);
      },
      tileGrid: this.#gridOf(layer), projection: this.#view.projection, bandCount: 2, interpolate: false,
      wrapX: !this.#view.isPixel, transition: 0,
    });
    // Steps of a series go back and forth; older ones are made anew.
    if (this.#sources.size >= 24) this.#sources.delete(this.#sources.keys().next().value);
    this.#sources.set(key, source);
    return source;
  }
}

/** Values beside the share of colour they show, in turn. */
function paired(values, sigmas, fade) {
  const pairs = new Float32Array(256 * 256 * 2);
  if (!values) return pairs;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (!Number.isFinite(value)) continue;
    pairs[2 * index] = value;
    pairs[2 * index + 1] = sigmas ? shareShown(sigmas[index], fade) : 1;
  }
  return pairs;
}

/** What a sigma leaves of the colour: all below a third of `fade`, a breath at `fade` and beyond. */
function shareShown(sigma, fade) {
  if (!Number.isFinite(sigma)) return 0.06;
  return Math.min(1, Math.max(0.06, (fade - sigma) / (fade * 2 / 3)));
}

function orderedRange([low, high]) {
  return low === high ? [low, low + 1e-6] : [low, high];
}

/** The library's description of how numbers turn into colours. */
export function style(layer, look) {
  const share = ["band", 2];
  if (layer.kind === "flags" || layer.kind === "mask") {
    const cases = (layer.classes ?? []).flatMap((entry, index) => [entry.value,
      ["color", ...rgb(entry.colour ?? classColours[index % classColours.length]),
        look.hidden?.has(entry.value) ? 0 : 1]]);
    const named = cases.length ? ["match", ["band", 1], ...cases, ["color", 127, 127, 127, 1]]
      : ["color", 127, 127, 127, 1];
    return { color: ["case", ["<", share, 0.01], ["color", 0, 0, 0, 0], named] };
  }
  const [low, high] = orderedRange(look.range);
  const table = colourTable(look.map).map((colour) => colour.join(","));
  const place = ["/", ["-", ["band", 1], ["var", "low"]], ["-", ["var", "high"], ["var", "low"]]];
  const index = ["floor", ["+", ["*", 255, ["clamp", place, 0, 1]], 0.5]];
  // Both ends have the same red, green and blue, so only the opacity changes between them.
  const clear = ["palette", index, table.map((colour) => `rgba(${colour},0)`)];
  const full = ["palette", index, table.map((colour) => `rgba(${colour},1)`)];
  return { variables: { low, high }, color: ["interpolate", ["linear"], share, 0, clear, 1, full] };
}
