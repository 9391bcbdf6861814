// SPDX-License-Identifier: Apache-2.0
import { openDialog } from "../components/dialog.js";
import { toast } from "../components/toast.js";
import { h, uniqueID } from "../dom.js";
import { t } from "../i18n.js";
import { boundsOf, boxPolygon, readShapes, toWKT } from "./geometry.js";
import { field } from "./mapscreen.js";

const texts = [".geojson", ".json", ".kml", ".wkt", ".txt"];
// The page reads texts itself; these the server does.
const others = [".zip", ".gpkg", ".kmz"];
/** Longer outlines make addresses that browsers and servers cut off. */
const longestOutline = 6000;

/**
 * An area from a file: texts are read here, shapefiles and GeoPackages by the server.
 *
 * @param {Object} ol the library
 * @param {Object} api
 * @param {File} file
 * @returns {Promise<Object|null>} GeoJSON geometry; null where the file holds none
 */
export async function areaOfFile(ol, api, file) {
  const name = file.name.toLowerCase();
  const text = others.some((ending) => name.endsWith(ending))
    ? await (await api.raw(`/api/areas?name=${encodeURIComponent(file.name)}`,
      { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } })).text()
    : await file.text();
  return areaOf(ol, text);
}

/** An area from text; an outline that is too long for a shared address becomes its box, and says so. */
export function areaOf(ol, text) {
  const shapes = readShapes(ol, text);
  if (shapes.length === 0) return null;
  const area = joined(shapes.map((shape) => shape.geometry));
  if (toWKT(area).length <= longestOutline) return area;
  toast(t("explore.boxed"));
  return boxPolygon(boundsOf(area));
}

/** Asks for an area as text or file. @param {(area: Object) => void} onArea */
export function askForArea(ol, api, onArea) {
  const text = h("textarea", { id: uniqueID("area"), rows: "5", class: "code",
    placeholder: "POLYGON ((7.9 46.4, 8.2 46.4, 8.2 46.6, 7.9 46.4))" });
  const file = h("input", { type: "file", id: uniqueID("file"), accept: [...texts, ...others].join(","),
    dataset: { control: "area-file" } });
  const problem = h("p", { class: "error", role: "alert" });
  const say = (error) => {
    problem.textContent = [error.detail || error.message, error.cure].filter(Boolean).join(" ");
  };
  const use = (area) => {
    if (area) onArea(area);
    else problem.textContent = t("explore.notAnArea");
    return area !== null;
  };
  file.addEventListener("change", async () => {
    problem.textContent = "";
    try {
      if (file.files[0] && use(await areaOfFile(ol, api, file.files[0]))) dialog.close();
    } catch (error) {
      say(error);
    }
  });
  const dialog = openDialog({ title: t("explore.pasteTitle"),
    content: [field(t("explore.pasteText"), text, t("explore.pasteHelp")),
      field(t("explore.pasteFile"), file, t("explore.pasteFileHelp")), problem],
    actions: [{ label: t("action.cancel") },
      { label: t("explore.useArea"), kind: "primary", run: () => use(areaOf(ol, text.value)) }] });
}

/** Lets a file be dropped on an element. @param {(area: Object) => void} onArea */
export function takeDroppedAreas(element, ol, api, onArea) {
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  element.addEventListener("dragover", (event) => {
    if (hasFile(event)) event.preventDefault();
  });
  element.addEventListener("drop", async (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    try {
      const area = await areaOfFile(ol, api, file);
      if (area) onArea(area);
      else toast(t("explore.notAnArea"), "warning");
    } catch (error) {
      toast(error);
    }
  });
}

/** One geometry of several: polygons become a multi-polygon. */
function joined(geometries) {
  if (geometries.length === 1) return geometries[0];
  const polygons = geometries.flatMap((geometry) => (geometry.type === "Polygon" ? [geometry.coordinates]
    : geometry.type === "MultiPolygon" ? geometry.coordinates : []));
  return polygons.length > 0 ? { type: "MultiPolygon", coordinates: polygons } : geometries[0];
}
