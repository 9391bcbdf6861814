// SPDX-License-Identifier: Apache-2.0
import { sentinelTile } from "./positions.js";

/**
 * Reads what people paste or upload as an area: GeoJSON, WKT, KML, a Sentinel-2 tile, or west, south, east, north.
 *
 * @param {Object} ol the library
 * @param {string} text
 * @returns {Array<{geometry: Object, properties: Object}>} GeoJSON geometries in degrees; empty where none was found
 */
export function readShapes(ol, text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return fromGeoJSON(trimmed);
  if (trimmed.startsWith("<")) return fromLibrary(ol, new ol.format.KML({ extractStyles: false }), trimmed);
  const tile = sentinelTile(trimmed);
  if (tile) return [{ geometry: { type: "Polygon", coordinates: [tile] },
    properties: { name: trimmed.toUpperCase() } }];
  const numbers = trimmed.split(/[\s,;]+/).map(Number);
  if (numbers.length === 4 && numbers.every(Number.isFinite)) {
    return isBox(numbers) ? [{ geometry: boxPolygon(numbers), properties: {} }] : [];
  }
  return /^\s*(SRID=4326;)?\s*[A-Z]+\s*(Z|M|ZM)?\s*\(/i.test(trimmed)
    ? fromLibrary(ol, new ol.format.WKT(), trimmed.replace(/^SRID=4326;/i, "")) : [];
}

/** The polygon of a box; one that crosses the date line (`west` > `east`) goes on beyond 180. */
export function boxPolygon([west, south, east, north]) {
  const right = east < west ? east + 360 : east;
  return { type: "Polygon",
    coordinates: [[[west, south], [right, south], [right, north], [west, north], [west, south]]] };
}

function isBox([west, south, east, north]) {
  return Math.abs(west) <= 180 && Math.abs(east) <= 180 && south < north && Math.abs(south) <= 90
    && Math.abs(north) <= 90;
}

function fromGeoJSON(text) {
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  const features = parsed.type === "FeatureCollection" ? parsed.features ?? [] : parsed.type === "Feature" ? [parsed]
    : [{ geometry: parsed, properties: {} }];
  return features.filter((feature) => hasPlaces(feature.geometry))
    .map(({ geometry, properties }) => ({ geometry: flat(geometry), properties: properties ?? {} }));
}

function fromLibrary(ol, format, text) {
  try {
    const features = format.readFeatures(text);
    const writer = new ol.format.GeoJSON();
    return features.filter((feature) => feature.getGeometry()).map((feature) => {
      const { geometry, ...properties } = feature.getProperties();
      return { geometry: flat(writer.writeGeometryObject(geometry)), properties };
    }).filter((shape) => hasPlaces(shape.geometry));
  } catch {
    return [];
  }
}

/** Whether every place of a geometry lies on Earth in degrees: other coordinates are most likely metres. */
function hasPlaces(geometry) {
  if (!geometry) return false;
  if (geometry.type === "GeometryCollection") return geometry.geometries.length > 0
    && geometry.geometries.every(hasPlaces);
  const numbers = (geometry.coordinates ?? []).flat(Infinity);
  const isPlace = ([longitude, latitude]) => Math.abs(longitude) <= 540 && Math.abs(latitude) <= 90;
  return numbers.length > 1 && numbers.every(Number.isFinite) && corners(geometry).every(isPlace);
}

/** A geometry without heights. */
function flat(geometry) {
  if (geometry.type === "GeometryCollection") return { ...geometry, geometries: geometry.geometries.map(flat) };
  const cut = (value) => (typeof value[0] === "number" ? value.slice(0, 2) : value.map(cut));
  return { type: geometry.type, coordinates: cut(geometry.coordinates) };
}

/** All corners of a geometry. */
export function corners(geometry) {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(corners);
  const list = [];
  const walk = (value) => (typeof value[0] === "number" ? list.push(value) : value.forEach(walk));
  walk(geometry.coordinates);
  return list;
}

/** `[west, south, east, north]` of a geometry. */
export function boundsOf(geometry) {
  const all = corners(geometry);
  const ends = (place, pick) => all.reduce((end, corner) => pick(end, corner[place]),
    pick === Math.min ? Infinity : -Infinity);
  return [ends(0, Math.min), ends(1, Math.min), ends(0, Math.max), ends(1, Math.max)];
}

/** The polygons of a geometry, each as its rings. */
export function polygonsOf(geometry) {
  if (geometry.type === "Polygon") return [geometry.coordinates];
  if (geometry.type === "MultiPolygon") return geometry.coordinates;
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(polygonsOf);
  return [];
}

/** A geometry as WKT, with 6 digits. */
export function toWKT(geometry) {
  const place = (corner) => corner.map((part) => Number(part.toFixed(6))).join(" ");
  const ring = (list) => `(${list.map(place).join(", ")})`;
  if (geometry.type === "Point") return `POINT (${place(geometry.coordinates)})`;
  if (geometry.type === "LineString") return `LINESTRING ${ring(geometry.coordinates)}`;
  if (geometry.type === "Polygon") return `POLYGON (${geometry.coordinates.map(ring).join(", ")})`;
  if (geometry.type === "MultiPolygon") {
    return `MULTIPOLYGON (${geometry.coordinates.map((rings) => `(${rings.map(ring).join(", ")})`).join(", ")})`;
  }
  return `GEOMETRYCOLLECTION (${(geometry.geometries ?? []).map(toWKT).join(", ")})`;
}

/**
 * Where the edges of a ring cross or touch each other, beside at the corners that neighbours share.
 *
 * @param {Array<[number, number]>} ring closed
 * @returns {[number, number]|null} one such place, or null where the ring is simple
 */
export function crossing(ring) {
  const count = ring.length - 1;
  for (let first = 0; first < count; first += 1) {
    for (let second = first + 1; second < count; second += 1) {
      const isNext = second === first + 1 || (first === 0 && second === count - 1);
      const place = meeting(ring[first], ring[first + 1], ring[second], ring[second + 1], isNext);
      if (place) return place;
    }
  }
  return null;
}

/** Where two edges meet; neighbours may share one corner but not run back along each other. */
function meeting(a, b, c, d, isNext) {
  const cross = (o, p, q) => (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0]);
  if (isNext) {
    const shared = b[0] === c[0] && b[1] === c[1] ? [a, b, d] : [b, a, c];
    const [end, corner, other] = shared;
    const isStraight = cross(end, corner, other) === 0;
    const isBack = (end[0] - corner[0]) * (other[0] - corner[0]) + (end[1] - corner[1]) * (other[1] - corner[1]) > 0;
    return isStraight && isBack ? corner : null;
  }
  const [one, two, three, four] = [cross(a, b, c), cross(a, b, d), cross(c, d, a), cross(c, d, b)];
  const isWithin = (p, q, r) => Math.min(p[0], q[0]) <= r[0] && r[0] <= Math.max(p[0], q[0])
    && Math.min(p[1], q[1]) <= r[1] && r[1] <= Math.max(p[1], q[1]);
  for (const [value, p, q, r] of [[one, a, b, c], [two, a, b, d], [three, c, d, a], [four, c, d, b]]) {
    if (value === 0 && isWithin(p, q, r)) return r;
  }
  if (one > 0 === two > 0 || three > 0 === four > 0) return null;
  const share = one / (one - two);
  return [c[0] + share * (d[0] - c[0]), c[1] + share * (d[1] - c[1])];
}
