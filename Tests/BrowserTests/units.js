// SPDX-License-Identifier: Apache-2.0
// Facts about the page's own functions, run in the page by units.py. `ogiveUnits()` gives the names of those that
// fail.

/* exported ogiveUnits */
globalThis.ogiveUnits = async () => {
  const failures = [];
  const check = (name, found, expected) => {
    const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
    if (left !== right) failures.push(`${name}: ${left} instead of ${right}`);
  };
  const load = (path) => import(`/page/${path}`);
  const [i18n, format, router, ticks, publish, baseline, jobfile, fields, dom, account] = await Promise.all([
    "i18n.js",
    "format.js",
    "router.js",
    "components/ticks.js",
    "screens/publish.js",
    "screens/baseline.js",
    "screens/jobfile.js",
    "components/fields.js",
    "dom.js",
    "screens/account.js",
  ].map(load));
  await i18n.useLanguage("en");
  checkWords(check, i18n);
  checkFormats(check, format);
  checkRoutes(check, router);
  checkTicks(check, ticks);
  checkORCID(check, publish.isORCID);
  check("T = s · p / v of 0.1 px, 10 m and 50 m/yr is 7.3 days",
    Number(baseline.usefulSeparation(0.1, 10, 50).toFixed(3)), 7.305);
  checkJobFiles(check, jobfile.readJobFile);
  checkFields(check, fields);
  checkDrawing(check, dom);
  check("a browser is named",
    account.agentName("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox on Linux");
  check("a program is named", account.agentName("curl/8.5.0"), "curl/8.5.0");
  await i18n.useLanguage("fr");
  check("French numbers", [format.number(1234.5), format.bytes(4.2e9)].map((text) => text.replaceAll(/\s/g, " ")),
    ["1 235", "4,2 Go"]);
  check("zero takes the singular in French", i18n.tCount("files.count", 0), "0 fichier");
  await i18n.useLanguage("en");
  return failures;
};

function checkWords(check, { t, tCount }) {
  check("values go into words", t("jobs.left", { time: "5 s" }), "5 s left");
  check("one", tCount("files.count", 1), "1 file");
  check("many", tCount("files.count", 1200), "1,200 files");
  check("an unknown key stays visible", t("no.such.key"), "no.such.key");
}

function checkFormats(check, format) {
  const plain = (text) => text.replaceAll("\u202F", " ");
  check("bytes", [0, 999, 1000, 1.5e6, 4.96e9].map((value) => plain(format.bytes(value))),
    ["0 B", "999 B", "1 kB", "1.5 MB", "4.96 GB"]);
  check("measurements",
    [[182.53, 0.0321], [938.64, 11], [938.64, 0.996], [-0.02, 0.0042], [1234.5, 240], [5, null], [5, 0]]
      .map(([value, sigma]) => plain(format.measurement(value, sigma))),
    ["182.530 ± 0.032", "939 ± 11", "938.6 ± 1.0", "−0.0200 ± 0.0042", "1,235 ± 240", "5", "5 ± 0"]);
  const seconds = [0, 4.25, 42, 185, 7385, 400_000];
  check("durations", seconds.map((value) => plain(format.duration(value))),
    ["0 s", "4.3 s", "42 s", "3 min 05 s", "2 h 03 min", "4 d 15 h"]);
  check(
    "what is not known", [format.bytes(null), format.duration(undefined), format.date(null)], ["–", "–", "–"]);
  check("days", format.date("2020-01-31"), "31 Jan 2020");
  check("values of parameters", [true, [1, 2], [], null, "a"].map(format.parameterValue),
    ["yes", "1, 2", "none", "–", "a"]);
}

function checkRoutes(check, { Router, address }) {
  const router = new Router().add("/jobs", "list").add("/jobs/{id}", "job").add("/jobs/{id}/map", "map");
  const match = (hash) => {
    const { screen, parameters } = router.match(hash);
    return [screen, parameters.id ?? null];
  };
  check("routes", ["#/jobs", "#/jobs/4%2F2", "#/jobs/7/map?layer=speed", "#/none"].map(match),
    [["list", null], ["job", "4/2"], ["map", "7"], [null, null]]);
  check("the query", router.match("#/jobs?q=a%20b").query.get("q"), "a b");
  check("addresses", address("/services/ice", { scenes: ["a", "b c"], empty: "" }),
    "#/services/ice?scenes=a&scenes=b+c");
}

function checkTicks(check, { numberTicks, numberLabel, timeTicks }) {
  check("round numbers", numberTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  check("negative ones", numberTicks(-12, 9, 4), [-10, 0]);
  check("labels have the digits of the step", numberTicks(0, 0.3, 3).map((tick, _, all) => numberLabel(tick, all)),
    ["0.0", "0.1", "0.2", "0.3"]);
  const years =
    timeTicks(Date.UTC(2015, 5, 1), Date.UTC(2021, 1, 1), 6).map((tick) => new Date(tick).toISOString().slice(0, 10));
  check("years", years, ["2016-01-01", "2017-01-01", "2018-01-01", "2019-01-01", "2020-01-01", "2021-01-01"]);
  check("a narrow drawing has two dates at least",
    timeTicks(Date.UTC(2020, 0, 5), Date.UTC(2020, 11, 1), 2).length >= 2, true);
}

function checkORCID(check, isORCID) {
  const given =
    ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1694-233X", "0000-0002-1825-0098", "0000-0002-1825", ""];
  check("ORCID iDs by their check character", given.map(isORCID), [true, true, false, false, false]);
}

function checkJobFiles(check, readJobFile) {
  const process = { id: "ice", inputs: { scenes: {}, maximumRange: {} } };
  const read = (value) => readJobFile(typeof value === "string" ? value : JSON.stringify(value), process);
  check("the long form", read({ process: "ice", inputs: { maximumRange: 3 } }), { inputs: { maximumRange: 3 } });
  check("the short form", read({ process: "ice", maximumRange: 3 }), { inputs: { maximumRange: 3 } });
  check("provenance is left out", read({ process: "ice", inputs: {}, provenance: { version: "1" } }),
    { inputs: {} });
  const wrong = ["{", "[]", { process: "slide" }, { inputs: { speed: 1 } }];
  check("wrong files are refused with a reason", wrong.map((value) => Boolean(read(value).problem)),
    [true, true, true, true]);
}

function checkFields(check, { Field }) {
  let changes = 0;
  const make = (schema, minOccurs = 0) =>
    new Field("value", { title: "Value", description: "", minOccurs, schema }, {}, () => { changes += 1; });
  const type = (field, text) => {
    const input = field.element.querySelector("input");
    input.value = text;
    input.dispatchEvent(new Event("input"));
    return field.value instanceof Error ? "refused" : field.value ?? null;
  };
  const number = make({ type: "number", minimum: 0, maximum: 10, default: 5 });
  check("a default is not given", number.value ?? null, null);
  check("numbers with point or comma", [type(number, "2.5"), type(number, "2,5"), type(number, "5")],
    [2.5, 2.5, null]);
  check("numbers out of range, and none", [type(number, "11"), type(number, "x")], ["refused", "refused"]);
  check("whole numbers", [type(make({ type: "integer" }), "3"), type(make({ type: "integer" }), "3.5")],
    [3, "refused"]);
  const list = make({ type: "array", items: { type: "integer", minimum: 1 }, default: [8, 4] });
  check("lists", [type(list, "16, 8"), type(list, "16, 0"), type(list, "8,4")], [[16, 8], "refused", null]);
  const area = make({ oneOf: [], "x-area": true });
  check("areas",
    [type(area, "6.8 45.8 7.1 46"), type(area, "7 45 6 46"), type(area, "1, 2, 3"), type(area, "box.gpkg")],
    [[6.8, 45.8, 7.1, 46], "refused", "refused", "box.gpkg"]);
  const choice = make({ type: "string", enum: ["a", "b"], default: "a" });
  choice.showDefault("b");
  check("a default that a preset has changed is shown, not given",
    [choice.element.querySelector("select").value, choice.value ?? null], ["b", null]);
  check("changes are told", changes > 5, true);
}

function checkDrawing(check, { drawChanged, h }) {
  const place = h("div");
  const draw = (first, second) => drawChanged(
    place, [[first, (value) => value && h("b", {}, value)], [second, (value) => h("i", {}, value)]]);
  draw("a", "b");
  const kept = place.querySelector("i");
  draw("c", "b");
  check("a part that has not changed stays the same element",
    [place.textContent, place.querySelector("i") === kept], ["cb", true]);
  draw(null, "b");
  draw("d", "b");
  check("a part that comes back stands in its place", place.textContent, "db");
  check("text never becomes HTML", h("p", {}, "<b>x</b>").children.length, 0);
}
