// SPDX-License-Identifier: Apache-2.0

const cache = new Map();

/**
 * How the footprint of a scene is drawn: its colour tells the cloud; what is pointed at or chosen has a thick edge.
 *
 * @param {Object} ol the library
 * @param {{colour: string, isMarked: boolean, isSelected: boolean}} look
 */
export function footprintStyle(ol, { colour, isMarked, isSelected }) {
  const key = `${colour}${isMarked}${isSelected}`;
  if (!cache.has(key)) cache.set(key, made(ol, colour, isMarked, isSelected));
  return cache.get(key);
}

function made(ol, colour, isMarked, isSelected) {
  const fill = new ol.style.Fill({ color: `${colour}${isMarked ? "66" : isSelected ? "44" : "09"}` });
  const styles = [];
  if (isMarked) styles.push(new ol.style.Style({ stroke: new ol.style.Stroke({ color: "#ffffff", width: 6 }),
    zIndex: 3 }));
  styles.push(new ol.style.Style({ fill, zIndex: isMarked ? 4 : isSelected ? 2 : 1,
    stroke: new ol.style.Stroke({ color: colour, width: isMarked ? 3.5 : isSelected ? 2.6 : 1.2 }) }));
  return styles;
}
