// SPDX-License-Identifier: Apache-2.0

let loading = null;

/**
 * Loads OpenLayers and the style of the map screens, once.
 *
 * @returns {Promise<Object>} the global `ol`
 * @throws {Error} with a cure where the server has no map library
 */
export function loadLibrary() {
  loading ??= Promise.all([loadStyle("/library/ol.css"), loadStyle("/page/map/map.css"), loadScript("/library/ol.js")])
    .then(() => globalThis.ol)
    .catch((error) => {
      loading = null;
      throw error;
    });
  return loading;
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = resolve;
    element.onerror = () => {
      element.remove();
      reject(new Error(address));
    };
    document.head.append(element);
  });
}

/** A style that does not come is no reason to show no map. */
function loadStyle(address) {
  return new Promise((resolve) => {
    const element = document.createElement("link");
    element.rel = "stylesheet";
    element.href = address;
    element.onload = resolve;
    element.onerror = resolve;
    document.head.append(element);
  });
}
