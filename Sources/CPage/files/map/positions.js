// SPDX-License-Identifier: Apache-2.0

// WGS84 and the series of Krüger to the fourth order: better than a millimetre inside a zone.
const radius = 6378137;
const flattening = 1 / 298.257223563;
const scale = 0.9996;
const n = flattening / (2 - flattening);
const meridian = (radius / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
const alpha = [
  n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3 + (41 / 180) * n ** 4,
  (13 / 48) * n ** 2 - (3 / 5) * n ** 3 + (557 / 1440) * n ** 4,
  (61 / 240) * n ** 3 - (103 / 140) * n ** 4,
  (49561 / 161280) * n ** 4,
];
const beta = [
  n / 2 - (2 / 3) * n ** 2 + (37 / 96) * n ** 3 - (1 / 360) * n ** 4,
  (1 / 48) * n ** 2 + (1 / 15) * n ** 3 - (437 / 1440) * n ** 4,
  (17 / 480) * n ** 3 - (37 / 840) * n ** 4,
  (4397 / 161280) * n ** 4,
];
const delta = [
  2 * n - (2 / 3) * n ** 2 - 2 * n ** 3 + (116 / 45) * n ** 4,
  (7 / 3) * n ** 2 - (8 / 5) * n ** 3 - (227 / 45) * n ** 4,
  (56 / 15) * n ** 3 - (136 / 35) * n ** 4,
  (4279 / 630) * n ** 4,
];
const radians = Math.PI / 180;

/** The UTM zone of a place, 1 to 60, with the exceptions of Norway and Svalbard. */
export function zoneOf(longitude, latitude) {
  const usual = Math.floor((((longitude + 180) % 360) + 360) % 360 / 6) + 1;
  if (latitude >= 56 && latitude < 64 && longitude >= 3 && longitude < 12) return 32;
  if (latitude >= 72 && latitude < 84 && longitude >= 0 && longitude < 42) {
    return [31, 33, 35, 37][[9, 21, 33, 42].findIndex((end) => longitude < end)];
  }
  return Math.min(60, usual);
}

/**
 * UTM coordinates of a place on WGS84.
 *
 * @returns {{zone: number, isNorth: boolean, east: number, north: number}} metres
 */
export function toUTM(longitude, latitude, zone = zoneOf(longitude, latitude)) {
  const isNorth = latitude >= 0;
  const away = (((longitude - (zone * 6 - 183) + 540) % 360) - 180) * radians;
  const sine = Math.sin(latitude * radians);
  const root = (2 * Math.sqrt(n)) / (1 + n);
  const t = Math.sinh(Math.atanh(sine) - root * Math.atanh(root * sine));
  const xi = Math.atan2(t, Math.cos(away));
  const eta = Math.atanh(Math.sin(away) / Math.hypot(1, t));
  let east = eta;
  let north = xi;
  alpha.forEach((value, index) => {
    const k = 2 * (index + 1);
    east += value * Math.cos(k * xi) * Math.sinh(k * eta);
    north += value * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  return { zone, isNorth, east: 500000 + scale * meridian * east,
    north: (isNorth ? 0 : 10000000) + scale * meridian * north };
}

/** The place `[longitude, latitude]` of UTM coordinates. */
export function fromUTM({ zone, isNorth, east, north }) {
  const xi = (north - (isNorth ? 0 : 10000000)) / (scale * meridian);
  const eta = (east - 500000) / (scale * meridian);
  let x = xi;
  let y = eta;
  beta.forEach((value, index) => {
    const k = 2 * (index + 1);
    x -= value * Math.sin(k * xi) * Math.cosh(k * eta);
    y -= value * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  const conformal = Math.asin(Math.sin(x) / Math.cosh(y));
  let latitude = conformal;
  delta.forEach((value, index) => {
    latitude += value * Math.sin(2 * (index + 1) * conformal);
  });
  return [zone * 6 - 183 + Math.atan2(Math.sinh(y), Math.cos(x)) / radians, latitude / radians];
}

/** `46.53512° N 7.96231° E`, in the form of a language. */
export function geographicText([longitude, latitude], locale) {
  const digits = new Intl.NumberFormat(locale, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
  const west = locale.startsWith("fr") ? "O" : "W";
  return `${digits.format(Math.abs(latitude))}° ${latitude < 0 ? "S" : "N"}  `
    + `${digits.format(Math.abs(longitude))}° ${longitude < 0 ? west : "E"}`;
}

/** `32N 420 512 5 154 903`, or nothing outside the zones' latitudes. */
export function utmText([longitude, latitude], locale) {
  if (latitude < -80 || latitude > 84) return "";
  const { zone, isNorth, east, north } = toUTM(longitude, latitude);
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, useGrouping: false });
  return `UTM ${zone}${isNorth ? "N" : "S"} ${whole.format(east)} ${whole.format(north)}`;
}

/**
 * A place as people type it: `46.5, 7.9` (latitude first), `7.9E 46.5N`, `UTM 32N 420512 5154903`, and `512, 340` for
 * column and row where the image lies on no map.
 *
 * @returns {[number, number]|null} `[longitude, latitude]`, or `[column, row]`
 */
export function parsePosition(text, isPixel = false) {
  const utm = /^\s*(?:utm\s*)?(\d{1,2})\s*([ns])[\s,;]+(\d+(?:\.\d+)?)[\s,;]+(\d+(?:\.\d+)?)\s*$/i.exec(text);
  if (utm && !isPixel) {
    const zone = Number(utm[1]);
    if (zone < 1 || zone > 60) return null;
    const isNorth = utm[2].toLowerCase() === "n";
    return fromUTM({ zone, isNorth, east: Number(utm[3]), north: Number(utm[4]) });
  }
  const parts = [...text.replaceAll("−", "-").matchAll(/([+-]?\d+(?:\.\d+)?)\s*°?\s*([nsewo]?)/gi)];
  if (parts.length !== 2 || /[a-df-mp-rt-vx-z]/i.test(text)) return null;
  const values = parts.map((part) => Number(part[1]) * (/[swo]/i.test(part[2]) ? -1 : 1));
  if (isPixel) return values;
  const isLongitudeFirst = /[ewo]/i.test(parts[0][2]) || /[ns]/i.test(parts[1][2]);
  const [latitude, longitude] = isLongitudeFirst ? [values[1], values[0]] : values;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 360 ? [longitude, latitude] : null;
}

const columnLetters = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"];
const rowLetters = "ABCDEFGHJKLMNPQRSTUV";
const bandLetters = "CDEFGHJKLMNPQRSTUVWX";

/**
 * The outline of a Sentinel-2 tile (109.8 km wide, from the corner of its 100 km square) by its name, e.g. `32TLR`.
 *
 * @returns {Array<[number, number]>|null} a closed ring of longitude and latitude; null for what is no name of a tile
 */
export function sentinelTile(name) {
  const match = /^T?(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])$/i.exec(name.trim());
  if (!match) return null;
  const zone = Number(match[1]);
  const [band, column, row] = match.slice(2).map((letter) => letter.toUpperCase());
  const place = columnLetters[(zone - 1) % 3].indexOf(column);
  if (zone < 1 || zone > 60 || place < 0) return null;
  const first = rowLetters.indexOf(row) - (zone % 2 === 0 ? 5 : 0);
  const southernEdge = -80 + 8 * bandLetters.indexOf(band);
  const isNorth = southernEdge >= 0;
  // Rows repeat every 2000 km: the one whose square touches the latitude band is meant.
  const edge = toUTM(zone * 6 - 183, southernEdge, zone).north;
  let south = (((first + 20) % 20) * 100000);
  while (south + 100000 <= edge) south += 2000000;
  const west = (place + 1) * 100000;
  const top = south + 100000;
  const corners = [[west, top], [west, top - 109800], [west + 109800, top - 109800], [west + 109800, top], [west, top]];
  return corners.map(([east, north]) => fromUTM({ zone, isNorth, east, north }));
}
