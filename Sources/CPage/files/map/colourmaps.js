// SPDX-License-Identifier: Apache-2.0

// The maps of the module Figures at 33 even places, so that the page and the reports show a value in one colour. Their
// lightness alone orders the values: they are read in grey print and by colour-blind eyes. Checked by: PageColourTests.
const stops = {
  speed:
    "220d4e 241557 261d61 27246b 282c75 29347e 293d86 28468c 274f91 255894 236196 216a98 217299 217b9a 21839b 238c9a " +
    "269499 2b9b98 33a396 3eaa93 4cb18e 59b789 67bd82 75c37a 84c972 93cf6b a2d466 b2da66 c1e06a d1e471 e0e979 efee80 " +
    "fef387",
  uncertainty:
    "fbf6ee faede0 f9e4d2 f7dcc3 f6d3b5 f4caa7 f2c09a f0b790 eead87 eda280 ec987b eb8d76 e88372 e57970 e06f6e da666c " +
    "d35e6c cc576d c4506f bb4970 b24372 a93d72 9f3772 953271 8b2d6e 80296b 762667 6b2363 60205f 561e5b 4c1b57 421852 " +
    "38144e",
  balance:
    "13316d 153c7e 16478f 1853a1 1c5fb0 246dbe 2e7bca 3a8ad4 4a98de 5ba6e6 6eb3ec 82c0f1 97ccf4 aed7f6 c6e1f6 dfecf6 " +
    "f5f4f3 f3e7db f1d9bf eecaa3 ebba8a e7aa73 e3985e dd874b d5763a cb652d be5525 b14620 a2391c 922f19 812718 6f2117 " +
    "5f1a15",
  direction:
    "e1e1e1 efdbcd f8d1b5 fbc49b f9b47f f2a161 e68e44 d67a23 c26900 a95a00 924d00 7e4200 6c3700 5d3004 4c2e16 3d2e23 " +
    "303030 283341 213753 1c3e68 19477e 195396 2061ae 2c72c5 3d84db 5196ed 67a8fb 83b9ff 9dc8ff b2d4ff c2dcff d3e1f3 " +
    "e1e1e1",
  grey:
    "000000 ffffff",
};

/** The names of the maps that suit a kind of layer; the first is the usual one. */
export function colourMapNames(kind) {
  if (kind === "signed") return ["balance", "speed", "grey"];
  if (kind === "direction") return ["direction"];
  if (kind === "uncertainty") return ["uncertainty", "speed", "grey"];
  if (kind === "image") return ["grey", "speed"];
  return ["speed", "uncertainty", "balance", "grey"];
}

/** The 256 colours of a map as `[red, green, blue]`. */
export function colourTable(name) {
  const ends = (stops[name] ?? stops.speed).split(" ").map(rgb);
  return Array.from({ length: 256 }, (_, step) => {
    const place = (step / 255) * (ends.length - 1);
    const before = Math.min(ends.length - 2, Math.floor(place));
    const share = place - before;
    return ends[before].map((value, channel) => Math.round(value + share * (ends[before + 1][channel] - value)));
  });
}

/** The colours of classes that have none of their own (Okabe & Ito 2008: told apart by all eyes). */
export const classColours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f"];

/** `[red, green, blue]` of `#rrggbb` or `rrggbb`. */
export function rgb(text) {
  const number = parseInt(text.replace("#", ""), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** A map as a CSS gradient from left to right. */
export function cssGradient(name) {
  const table = colourTable(name);
  const parts = Array.from({ length: 17 }, (_, step) => `rgb(${table[Math.round((step / 16) * 255)].join(" ")})`);
  return `linear-gradient(to right, ${parts.join(", ")})`;
}
