// SPDX-License-Identifier: Apache-2.0

const radians = Math.PI / 180;

/**
 * Degrees by which the north of a grid is turned clockwise from true north at a place.
 *
 * Motion is measured along the axes of the grid; on a map whose top is true north its arrows are turned by this. Where
 * the server tells the corners' values they count; else UTM and the polar grids of glaciology are known by their codes
 * (Snyder 1987, eq. 8-12 ff. for the former; at the poles it is the longitude itself).
 *
 * @param {{crs: string, bounds: number[], convergence?: number[]}} grid `convergence` at the south-west, south-east,
 *   north-east and north-west corners
 * @param {[number, number]} place longitude and latitude
 */
export function convergence(grid, [longitude, latitude]) {
  if (grid.convergence) return between(grid, [longitude, latitude]);
  const code = Number(/^EPSG:(\d+)$/.exec(grid.crs ?? "")?.[1]);
  const zone = /^(326|327)(\d\d)$/.exec(String(code))?.[2];
  if (zone) {
    const away = longitude - (Number(zone) * 6 - 183);
    return Math.atan(Math.tan(away * radians) * Math.sin(latitude * radians)) / radians;
  }
  // NSIDC's and the Arctic's polar stereographic, and that of Antarctica.
  if (code === 3413 || code === 3411) return longitude + 45;
  if (code === 3995) return longitude;
  if (code === 3031) return -longitude;
  return 0;
}

function between({ bounds: [west, south, east, north], convergence: [sw, se, ne, nw] }, [longitude, latitude]) {
  const x = Math.min(1, Math.max(0, (longitude - west) / (east - west)));
  const y = Math.min(1, Math.max(0, (latitude - south) / (north - south)));
  return (sw + (se - sw) * x) * (1 - y) + (nw + (ne - nw) * x) * y;
}
