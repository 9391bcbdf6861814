// SPDX-License-Identifier: Apache-2.0

const mostTiles = 64;

/**
 * What a layer is inside an area, from its tiles: at full resolution, or coarser where that would take many tiles.
 *
 * @param {Object} options
 * @param {Object} options.tileGrid of the library
 * @param {FloatTiles} options.tiles
 * @param {Object} options.area polygon of the library, in coordinates of the view
 * @returns {Promise<{count: number, mean: number, median: number, nmad: number, minimum: number, maximum: number}|null>}
 *   `nmad` is 1.4826 times the median distance from the median; null where nothing was measured
 */
export async function areaStatistics({ tileGrid, tiles, area }) {
  const extent = area.getExtent();
  let zoom = tileGrid.getMaxZoom();
  const covering = () => {
    const range = tileGrid.getTileRangeForExtentAndZ(extent, zoom);
    return range.getWidth() * range.getHeight();
  };
  while (zoom > tileGrid.getMinZoom() && covering() > mostTiles) zoom -= 1;
  const addresses = [];
  tileGrid.forEachTileCoord(extent, zoom, (address) => { addresses.push([...address]); });
  const parts = await Promise.all(addresses.map(async (address) => inside(tileGrid, address,
    await tiles.load(...address), area)));
  return summary(parts.flat());
}

/** The values of a tile whose middles lie in the area. */
function inside(tileGrid, address, values, area) {
  if (!values) return [];
  const [west, south, , north] = tileGrid.getTileCoordExtent(address);
  const step = (north - south) / 256;
  const found = [];
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index])) continue;
    const x = west + ((index % 256) + 0.5) * step;
    const y = north - (Math.floor(index / 256) + 0.5) * step;
    if (area.intersectsCoordinate([x, y])) found.push(values[index]);
  }
  return found;
}

/** Mean, median and spread of values; null of none. */
export function summary(values) {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const middle = median(sorted);
  const distances = sorted.map((value) => Math.abs(value - middle)).sort();
  return { count: sorted.length, mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length, median: middle,
    nmad: 1.4826 * median(distances), minimum: sorted[0], maximum: sorted.at(-1) };
}

function median(sorted) {
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}
