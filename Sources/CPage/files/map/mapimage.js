// SPDX-License-Identifier: Apache-2.0
import { number } from "../format.js";
import { colourTable } from "./colourmaps.js";

/**
 * A picture of the map as it is seen, with title and legend below.
 *
 * @param {Object} options
 * @param {MapView} options.view
 * @param {Swipe|null} options.swipe whose second map is drawn right of its line
 * @param {string} options.title
 * @param {string} options.sentence second line, such as unit and date
 * @param {{map: string, range: [number, number]}|null} options.look of the legend; null draws none
 * @returns {Promise<Blob>} PNG
 */
export async function mapImage({ view, swipe, title, sentence, look }) {
  const ratio = globalThis.devicePixelRatio || 1;
  const width = view.canvas.clientWidth;
  const height = view.canvas.clientHeight;
  const foot = 76;
  const canvas = document.createElement("canvas");
  canvas.width = width * ratio;
  canvas.height = (height + foot) * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.fillStyle = getComputedStyle(view.element).backgroundColor;
  context.fillRect(0, 0, width, height);
  const line = swipe?.isOn ? width * swipe.share : width;
  await drawn(view.map, () => copy(context, view.canvas, (isValues) => [0, isValues ? line : width], [width, height]));
  if (swipe?.isOn) {
    const left = line;
    await drawn(swipe.map, () => copy(context, swipe.pane, () => [left, width], [width, height]));
    context.fillStyle = "#111a22";
    context.fillRect(left - 1, 0, 2, height);
  }
  footer(context, { width, top: height, foot, title, sentence, look });
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

/** The pixels of a WebGL layer are there only until the frame ends, so they are copied in its last event. */
function drawn(map, body) {
  return new Promise((resolve) => {
    map.once("rendercomplete", () => {
      body();
      resolve();
    });
    map.render();
  });
}

/** Draws the canvases of a map, each between the columns that `part` gives for values and for all else. */
function copy(context, holder, part, [width, height]) {
  for (const layer of holder.querySelectorAll("canvas")) {
    if (layer.width === 0) continue;
    const [left, right] = part(layer.classList.contains("map-values"));
    const opacity = layer.style.opacity || layer.parentNode.style.opacity;
    context.save();
    context.beginPath();
    context.rect(left, 0, right - left, height);
    context.clip();
    context.globalAlpha = opacity === "" ? 1 : Number(opacity);
    context.drawImage(layer, 0, 0, width, height);
    context.restore();
  }
}

function footer(context, { width, top, foot, title, sentence, look }) {
  context.fillStyle = "#ffffff";
  context.fillRect(0, top, width, foot);
  context.fillStyle = "#16202a";
  context.font = "600 16px system-ui, sans-serif";
  context.fillText(title, 14, top + 26, width - 28);
  context.font = "13px system-ui, sans-serif";
  context.fillText(sentence, 14, top + 50, look ? width * 0.5 : width - 28);
  if (!look) return;
  const left = Math.max(width * 0.55, width - 320);
  const length = width - left - 16;
  colourTable(look.map).forEach((colour, index) => {
    context.fillStyle = `rgb(${colour.join(",")})`;
    context.fillRect(left + (index / 256) * length, top + 34, length / 256 + 1, 12);
  });
  context.fillStyle = "#16202a";
  context.textAlign = "center";
  for (const share of [0, 0.5, 1]) {
    const value = look.range[0] + share * (look.range[1] - look.range[0]);
    context.textAlign = share === 0 ? "left" : share === 1 ? "right" : "center";
    context.fillText(number(value, 3), left + share * length, top + 64);
  }
}
