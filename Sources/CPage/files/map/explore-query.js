// SPDX-License-Identifier: Apache-2.0
import { boundsOf, boxPolygon, polygonsOf, toWKT } from "./geometry.js";

const page = 50;

/** What is searched for before anyone asks for something. */
export function emptySearch() {
  return { area: null, collections: [], from: "", to: "", cloud: 100, platforms: [], orbit: "", text: "" };
}

/**
 * The search that a shared address holds.
 *
 * @param {URLSearchParams} query
 * @param {(text: string) => Object[]} readShapes turns WKT into geometries
 */
export function searchOf(query, readShapes) {
  const search = emptySearch();
  search.collections = query.getAll("collection");
  search.platforms = query.getAll("platform");
  for (const name of ["from", "to"]) if (/^\d{4}-\d\d-\d\d$/.test(query.get(name) ?? "")) search[name] =
    query.get(name);
  const cloud = Number(query.get("cloud") ?? 100);
  if (cloud >= 0 && cloud <= 100) search.cloud = cloud;
  search.orbit = /^\d+$/.test(query.get("orbit") ?? "") ? query.get("orbit") : "";
  search.text = query.get("filter") ?? "";
  search.area = readShapes(query.get("area") ?? "")[0]?.geometry ?? null;
  return search;
}

/** The search as members of an address, so that a link leads others to the same scenes. */
export function addressOf(search) {
  return { area: search.area && toWKT(search.area), collection: search.collections, from: search.from, to: search.to,
    cloud: search.cloud < 100 ? search.cloud : null, platform: search.platforms, orbit: search.orbit,
      filter: search.text };
}

/**
 * The body of `POST /api/search`.
 *
 * @param {Object} search
 * @param {Object} [also] more members, such as `token`
 */
export function bodyOf(search, also = {}) {
  const body = { limit: page, sortby: [{ field: "properties.datetime", direction: "desc" }], ...whatOf(search),
    ...also };
  for (const [name, value] of Object.entries(body)) if (value === null || value === undefined) delete body[name];
  return body;
}

/** The conditions of a search alone, as the histogram takes them; it is drawn over all time. */
export function histogramBody(search) {
  const { datetime, ...body } = bodyOf(search);
  delete body.limit;
  delete body.sortby;
  return body;
}

function whatOf(search) {
  const box = search.area && boxOf(search.area);
  const members = box ? { bbox: box } : search.area ? { intersects: withinWorld(search.area) } : {};
  if (search.collections.length > 0) members.collections = search.collections;
  if (search.from || search.to) {
    members.datetime = `${search.from ? `${search.from}T00:00:00Z` : ".."}/${search.to ? `${search.to}T23:59:59Z`
      : ".."}`;
  }
  return { ...members, ...filterOf(search) };
}

function filterOf(search) {
  const parts = [];
  if (search.cloud < 100) parts.push(["<=", "eo:cloud_cover", search.cloud]);
  if (search.orbit) parts.push(["=", "sat:relative_orbit", Number(search.orbit)]);
  if (search.platforms.length > 0) parts.push(["in", "platform", search.platforms]);
  if (search.text.trim()) {
    const text = [`(${search.text.trim()})`, ...parts.map(asText)].join(" AND ");
    return { "filter-lang": "cql2-text", filter: text };
  }
  if (parts.length === 0) return {};
  const args = parts.map(([op, property, value]) => ({ op, args: [{ property }, value] }));
  return { "filter-lang": "cql2-json", filter: args.length === 1 ? args[0] : { op: "and", args } };
}

function asText([op, property, value]) {
  const quoted = (one) => (typeof one === "number" ? String(one) : `'${one.replaceAll("'", "''")}'`);
  return op === "in" ? `"${property}" IN (${value.map(quoted).join(", ")})` : `"${property}" ${op} ${quoted(value)}`;
}

/** `[west, south, east, north]` of a rectangle, with west > east where it crosses the date line; else null. */
function boxOf(geometry) {
  if (geometry.type !== "Polygon" || geometry.coordinates.length !== 1
    || geometry.coordinates[0].length !== 5) return null;
  const [west, south, east, north] = boundsOf(geometry);
  const isCorner = ([x, y]) => (x === west || x === east) && (y === south || y === north);
  if (!geometry.coordinates[0].every(isCorner)) return null;
  if (east - west >= 360) return [-180, south, 180, north];
  const within = (longitude) => (Math.abs(longitude) <= 180 ? longitude
    : ((((longitude + 180) % 360) + 360) % 360) - 180);
  return [within(west), south, within(east), north];
}

/** A shape that goes on beyond 180 degrees becomes two boxes: STAC allows no such longitudes. */
function withinWorld(geometry) {
  const [west, south, east, north] = boundsOf(geometry);
  if (geometry.type === "Point") {
    const [longitude, latitude] = geometry.coordinates;
    return { type: "Point", coordinates: [((((longitude + 180) % 360) + 360) % 360) - 180, latitude] };
  }
  if (west >= -180 && east <= 180) return geometry;
  const shift = west < -180 ? 360 : 0;
  const low = boxPolygon([west + shift, south, 180, north]);
  const high = boxPolygon([-180, south, east + shift - 360, north]);
  return { type: "MultiPolygon", coordinates: [...polygonsOf(low), ...polygonsOf(high)] };
}
