# SPDX-License-Identifier: Apache-2.0
"""Checks the page's own arithmetic in a browser: places, tiles, outlines, searches, colours, checks of drawings.

    python modules.py http://127.0.0.1:8080
"""

import argparse
import json
import sys

from browser import Browser

CHECKS = {}


def check(body):
    CHECKS[body.__name__] = body.__doc__
    return body


@check
def utm_is_that_of_proj_within_a_millimetre():
    """
    const p = await load("map/positions.js");
    const known = [[7.96231, 46.53512, 32, 420427.5960, 5154028.8059], [-73.1, -50.5, 18, 634745.3291, 4404050.3836]];
    for (const [longitude, latitude, zone, east, north] of known) {
      const utm = p.toUTM(longitude, latitude);
      near(utm.east, east, 1e-3); near(utm.north, north, 1e-3); same(utm.zone, zone);
      const back = p.fromUTM(utm);
      near(back[0], longitude, 1e-8); near(back[1], latitude, 1e-8);
    }
    same(p.zoneOf(5, 60), 32); same(p.zoneOf(10, 78), 33); same(p.zoneOf(179.9, 0), 60);
    """


@check
def a_tile_of_sentinel_2_is_where_esa_puts_it():
    """
    const p = await load("map/positions.js");
    // 32TLR: upper left corner at 300000 E, 5100000 N of zone 32; 18FXK lies in the south.
    const corner = p.toUTM(...p.sentinelTile("32TLR")[0], 32);
    near(corner.east, 300000, 0.01); near(corner.north, 5100000, 0.01);
    const far = p.toUTM(...p.sentinelTile("T33UUU")[2], 33);
    near(far.east, 409800, 0.01); near(far.north % 1e5, 90200, 0.01);
    same(p.sentinelTile("18FXK")[0][1] < 0, true);
    for (const wrong of ["61TLR", "32ILR", "32TL", "hello"]) same(p.sentinelTile(wrong), null);
    """


@check
def places_are_read_as_people_type_them():
    """
    const { parsePosition } = await load("map/positions.js");
    same(parsePosition("46.5, 7.9"), [7.9, 46.5]);
    same(parsePosition("7.9E 46.5N"), [7.9, 46.5]);
    same(parsePosition("50.5 S, 73.1 O"), [-73.1, -50.5]);
    same(parsePosition("−50.5 −73.1"), [-73.1, -50.5]);
    near(parsePosition("UTM 32N 420427.596 5154028.806")[1], 46.53512, 1e-7);
    same(parsePosition("512, 340", true), [512, 340]);
    for (const wrong of ["hello", "95, 7", "1 2 3", "", "61N 1 2"]) same(parsePosition(wrong), null);
    """


@check
def areas_are_read_from_text_of_many_kinds():
    """
    const ol = (await load("map/library.js")).loadLibrary;
    const library = await ol();
    const { readShapes, toWKT, boundsOf } = await load("map/geometry.js");
    const wkt = "POLYGON ((7 46, 8 46, 8 47, 7 46))";
    same(toWKT(readShapes(library, wkt)[0].geometry), wkt);
    same(boundsOf(readShapes(library, "7, 46, 8, 47")[0].geometry), [7, 46, 8, 47]);
    same(boundsOf(readShapes(library, "170 -20 -170 -10")[0].geometry), [170, -20, 190, -10]);
    const kml = `<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>A</name><Point><coordinates>7,46,9
      </coordinates></Point></Placemark></kml>`;
    same(readShapes(library, kml)[0].geometry, { type: "Point", coordinates: [7, 46] });
    const feature = { type: "Feature", geometry: { type: "Point", coordinates: [7, 46, 3] }, properties: { class: "moving" } };
    same(readShapes(library, JSON.stringify(feature))[0], { geometry: { type: "Point", coordinates: [7, 46] },
      properties: { class: "moving" } });
    // Metres, broken text and things that are no area.
    for (const wrong of ["POLYGON ((400000 5100000, 1 1, 2 2, 400000 5100000))", "{", "<a>", "POLYGON ((", "none"]) {
      same(readShapes(library, wrong), []);
    }
    """


@check
def an_outline_that_crosses_itself_is_found():
    """
    const { crossing } = await load("map/geometry.js");
    same(crossing([[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]), null);
    same(crossing([[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]), [2, 2]);
    same(crossing([[0, 0], [4, 0], [1, 0], [1, 3], [0, 0]]), [4, 0]);
    same(crossing([[0, 0], [4, 0], [2, 2], [2, 0], [0, 4], [0, 0]]) !== null, true);
    """


@check
def drawings_are_checked_for_training():
    """
    const { findings } = await load("map/digitise-checks.js");
    const square = (west, south, side) => ({ type: "Polygon", coordinates: [[[west, south], [west + side, south],
      [west + side, south + side], [west, south + side], [west, south]]] });
    const area = (geometry) => { const [[a, b]] = geometry.coordinates; return (b[0] - a[0]) ** 2; };
    const shapes = (list) => list.map(([kind, ...box], id) => ({ id, geometry: square(...box), properties: { class: kind } }));
    const of = (list) => findings(shapes(list), { isPixel: true, area, name: (shape) => `shape ${shape.id}` });
    const good = [["training-area", 0, 0, 10], ["training-area", 20, 0, 10], ["training-sample", 1, 1, 3], ["training-sample", 22, 2, 3]];
    same(of(good), []);
    same(of(good.slice(1)).length, 2);
    same(of([["training-area", 0, 0, 10], ["training-area", 20, 0, 10], ["training-sample", 1, 1, 1]]).length, 1);
    same(of([["stable-ground", 0, 0, 1]]), []);
    """


@check
def a_search_becomes_what_stac_asks_for():
    """
    const { emptySearch, bodyOf, addressOf, searchOf, histogramBody } = await load("map/explore-query.js");
    const search = { ...emptySearch(), collections: ["s2"], from: "2020-01-01", cloud: 20, platforms: ["sentinel-2a"] };
    const body = bodyOf(search);
    same(body.datetime, "2020-01-01T00:00:00Z/.."); same(body.collections, ["s2"]);
    same(body.filter, { op: "and", args: [{ op: "<=", args: [{ property: "eo:cloud_cover" }, 20] },
      { op: "in", args: [{ property: "platform" }, ["sentinel-2a"]] }] });
    const text = bodyOf({ ...search, text: "x > 1 OR y = 'a'" });
    same(text.filter, `(x > 1 OR y = 'a') AND "eo:cloud_cover" <= 20 AND "platform" IN ('sentinel-2a')`);
    same(text["filter-lang"], "cql2-text");
    same("datetime" in histogramBody(search), false);
    const ring = (...places) => ({ type: "Polygon", coordinates: [[...places, places[0]]] });
    const within = (area) => bodyOf({ ...emptySearch(), area });
    same(within(ring([7, 46], [8, 46], [8, 47], [7, 47])).bbox, [7, 46, 8, 47]);
    same(within(ring([170, 0], [190, 0], [190, 5], [170, 5])).bbox, [170, 0, -170, 5]);
    same(within(ring([-200, 0], [200, 0], [200, 5], [-200, 5])).bbox, [-180, 0, 180, 5]);
    const wide = within(ring([170, 0], [190, 0], [180, 5]));
    same(wide.intersects.type, "MultiPolygon");
    same(wide.intersects.coordinates.flat(2).every(([longitude]) => Math.abs(longitude) <= 180), true);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(addressOf(search))) for (const one of [value].flat()) if (one) query.append(name, one);
    same(searchOf(query, () => []), search);
    """


@check
def undo_and_redo_walk_through_every_state():
    """
    const { DrawingStore } = await load("map/digitise-store.js");
    const store = new DrawingStore();
    const point = (x) => ({ geometry: { type: "Point", coordinates: [x, 0] }, properties: { class: "moving" } });
    const first = store.add([point(1)]);
    store.add([point(2)]);
    store.change(first.id, { geometry: point(5).geometry });
    store.remove(first.id);
    const xs = () => store.shapes.map((shape) => shape.geometry.coordinates[0]);
    same(xs(), [2]); store.undo(); same(xs(), [5, 2]); store.undo(); same(xs(), [1, 2]); store.undo(); store.undo();
    same(xs(), []); same(store.canUndo, false);
    store.redo(); store.redo(); same(xs(), [1, 2]); store.add([point(9)]); same(store.canRedo, false);
    """


@check
def grid_north_is_turned_as_proj_turns_it():
    """
    const { convergence } = await load("map/convergence.js");
    near(convergence({ crs: "EPSG:3413" }, [-138.16, 60.29]), -93.16, 1e-9);
    near(convergence({ crs: "EPSG:3031" }, [30, -75]), -30, 1e-9);
    // PROJ's factors of zone 32 at 7.96231 E, 46.53512 N and of 18 S at 73.1 W, 50.5 S.
    near(convergence({ crs: "EPSG:32632" }, [7.96231, 46.53512]), -0.7532, 1e-3);
    near(convergence({ crs: "EPSG:32718" }, [-73.1, -50.5]), -1.4663, 1e-3);
    near(convergence({ bounds: [0, 0, 2, 2], convergence: [0, 2, 4, 2] }, [1, 1]), 2, 1e-9);
    same(convergence({ crs: "EPSG:4326" }, [7, 46]), 0);
    """


@check
def pairs_that_are_taken_out_stay_in_the_picture():
    """
    const { picture } = await load("components/network.js");
    const scenes = ["a", "b:1", "c"].map(
      (name, day) => ({ name, date: `2020-01-0${day + 1}`, cloud: day ? 0.5 : null }));
    const pair = (first, second, more) => ({ first, second, days: second - first, useful: true, ...more });
    const network = { scenes, pairs: [pair(0, 1), pair(0, 1, { backward: true }), pair(1, 2, { useful: false })],
      removed: [pair(0, 2)], leftOut: [] };
    // Named the other way round, with a colon in a name.
    const shown = picture(network, { pairs: ["c:a", "c:b:1"], scenes: [] });
    same(shown.edges.map((edge) => [edge.name, edge.count, edge.isRemoved]),
      [["a:b:1", 2, false], ["b:1:c", 1, true], ["a:c", 1, true]]);
    same(shown.scenes.map((scene) => [scene.pairs, scene.cloud]), [[1, null], [1, 0.5], [0, 0.5]]);
    const without = picture(network, { pairs: [], scenes: ["b:1"] });
    same(without.edges.map((edge) => edge.isRemoved), [true, true, false]);
    same(without.scenes.map((scene) => scene.isRemoved), [false, true, false]);
    """


@check
def a_step_is_a_date_a_year_or_a_time():
    """
    const { spanText } = await load("map/stepslider.js");
    same(spanText({ date: "2020-12-31", start: "2020-01-01" }), "2020");
    same(spanText({ date: "2020-03-01", start: "2020-03-01" }), "1 Mar 2020");
    same(spanText({ date: "2020-03-01", start: "2020-01-31" }), "31 Jan 2020 – 1 Mar 2020");
    """


@check
def a_reference_is_a_place_or_an_area():
    """
    const { Reference } = await load("map/results-reference.js");
    const { loadLibrary } = await load("map/library.js");
    const ol = await loadLibrary();
    const view = { isPixel: true, toPlace: ([x, y]) => [x, -y], toMap: ([x, y]) => [x, -y] };
    const reference = new Reference(view, [[1, 2], [3, 4]]);
    same([reference.isSet, reference.address], [false, null]);
    reference.take(new ol.geom.Polygon([[[0, 0], [4, 0], [4, -3], [0, 0]]]));
    same(reference.address, "0.00,0.00;4.00,0.00;4.00,3.00");
    same(reference.geometry(ol).getCoordinates()[0].length, 4);
    reference.take(new ol.geom.Point([5, -6]));
    same([reference.address, reference.geometry(ol).getType()], ["5.00,6.00", "Point"]);
    reference.take(null);
    same(reference.geometry(ol), null);
    """


@check
def layers_and_arrows_are_named_for_people():
    """
    const { useLanguage } = await load("i18n.js");
    const { plainTitle, arrowTitle } = await load("map/legend.js");
    await useLanguage("fr");
    same(plainTitle("length of the mean velocity in 2020, of which the pairs see 60 %"), "Vitesse moyenne (norme)");
    same(plainTitle("standard deviation of the peak correlation"), "Écart-type : pic de corrélation");
    same(arrowTitle({ name: "pairs/2020-01-01_2020-03-01/offset" }), "décalage, 1 janv. 2020 – 1 mars 2020");
    same(arrowTitle({ name: "series/years/velocity-2020" }), "vitesse, 2020");
    await useLanguage("en");
    same(plainTitle("length of the mean velocity"), "Mean speed");
    """


@check
def spread_is_the_normalised_median_distance():
    """
    const { summary } = await load("map/areastatistics.js");
    const got = summary([1, 2, 3, 4, 100]);
    same([got.count, got.median, got.mean, got.minimum, got.maximum], [5, 3, 22, 1, 100]);
    near(got.nmad, 1.4826, 1e-9);
    same(summary([]), null);
    """


@check
def colours_run_from_end_to_end():
    """
    const { colourTable, colourMapNames } = await load("map/colourmaps.js");
    for (const name of ["speed", "uncertainty", "balance", "direction", "grey"]) same(colourTable(name).length, 256);
    same(colourTable("grey")[128], [128, 128, 128]);
    same(colourTable("direction")[0], colourTable("direction")[255]);
    same(colourMapNames("signed")[0], "balance");
    """


PRELUDE = """
const done = arguments[arguments.length - 1];
const load = (path) => import(`/page/${path}`);
const fail = (text) => { throw new Error(text); };
const same = (got, wanted) => JSON.stringify(got) === JSON.stringify(wanted)
  || fail(`${JSON.stringify(got)} is not ${JSON.stringify(wanted)}`);
const near = (got, wanted, margin) => Math.abs(got - wanted) <= margin || fail(`${got} is not within ${margin} of ${wanted}`);
(async () => { %s })().then(() => done(null), (error) => done(String(error.stack ?? error)));
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    options = parser.parse_args()
    browser = Browser(options.address)
    failures = 0
    try:
        browser.driver.get(f"{browser.address}/")
        browser.driver.set_script_timeout(30)
        for name, script in CHECKS.items():
            problem = browser.driver.execute_async_script(PRELUDE % script)
            print(f"{'FAILED' if problem else 'ok'} {name.replace('_', ' ')}")
            if problem:
                failures += 1
                print(json.dumps(problem))
    finally:
        browser.close()
    print(f"{len(CHECKS)} checks, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
