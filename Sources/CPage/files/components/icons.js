// SPDX-License-Identifier: Apache-2.0
import { svg } from "../dom.js";

// Drawn on 24 × 24 by strokes of one width.
const paths = {
  add: "M12 5v14M5 12h14",
  alert: "M12 3.500 2.500 20h19zM12 10v4.500M12 17.300v.2",
  area: "M5 7l7-3 7 5-2 9-9 2-4-7zM5 7v0M12 4v0",
  arrow: "M5 12h14M13 6l6 6-6 6",
  basket: "M4 9h16l-1.600 10H5.600zM8 9l3-5M16 9l-3-5",
  cancel: "M6 6l12 12M18 6L6 18",
  check: "M5 12.500l4.500 4.500L19 7",
  clock: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 1 0 0-17M12 7.500V12l3 2",
  code: "M8.500 7L3.500 12l5 5M15.500 7l5 5-5 5",
  compare: "M12 3v18M9 6H4v12h5M15 6h5v12h-5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  database :
    "M4.500 6c0-3.300 15-3.300 15 0s-15 3.300-15 0M4.500 6v12c0 3.300 15 3.300 15 0V6M4.500 12c0 3.300 15 3.300 15 0",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M4.500 20h15",
  file: "M6 3.500h8l4.500 4.500v12.500H6zM14 3.500V8h4.500",
  folder: "M3.500 6h6l2 2.500h9V19h-17z",
  glacier: "M2.500 20l6-11 4 6 3-4 6 9zM8.500 9l1.700 4.200M13.500 17c-1.500 0-2 1.500-3.500 1.500",
  globe: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 1 0 0-17M3.500 12h17M12 3.500c-5 5-5 12 0 17 5-5 5-12 0-17",
  group :
    "M9 11a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400M2.800 19c0-6.500 12.400-6.500 12.400 0M16 5.500a3 3 0 0 1 0 5.500M17.500 14c2.500.6 3.700 2.300 3.700 5",
  info: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 1 0 0-17M12 11v5.500M12 7.500v.2",
  key: "M15 4.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 1 0 0-9M11.500 12L4 19.500M6 17.500l2.500 2.500",
  layers: "M12 4l9 5-9 5-9-5zM3 14l9 5 9-5",
  link :
    "M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1",
  list: "M8 6h12M8 12h12M8 18h12M4 6v.1M4 12v.1M4 18v.1",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  map: "M3.500 6l5.500-2 6 2 5.500-2v14l-5.500 2-6-2-5.500 2zM9 4v14M15 6v14",
  menu: "M4 6.500h16M4 12h16M4 17.500h16",
  minus: "M5 12h14",
  network :
    "M5 18c3-9 11-9 14 0M5 18c1.500-4.500 5.500-4.500 7 0M12 18c1.500-4.500 5.500-4.500 7 0M5 18v.1M12 18v.1M19 18v.1",
  pause: "M8.500 5v14M15.500 5v14",
  pencil: "M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19zM14 6.500l3.500 3.500",
  person: "M12 11.500a3.800 3.800 0 1 0 0-7.600 3.800 3.800 0 0 0 0 7.600M4.500 20.500c0-8.500 15-8.500 15 0",
  play: "M8 5l11 7-11 7z",
  publish: "M12 15V4M7.500 8L12 3.500 16.500 8M4.500 14v6h15v-6",
  quake: "M2.500 12h4l2-6 4 13 3-10 1.500 3h4.500",
  restart: "M5 12a7.500 7.500 0 1 0 2.500-5.500L5 9M5 4v5h5",
  save: "M5 4h11l3.500 3.500V20H5zM8 4v5h7V4M8 20v-6h8v6",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 12h8",
  search: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 1 0 0-13M15.500 15.500L20.500 20.500",
  series: "M4 4v16h16M7 15l4-4 3 2 5-6",
  server: "M4 4.500h16v6H4zM4 13.500h16v6H4zM7.500 7.500v.1M7.500 16.500v.1",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  share :
    "M17 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M6.500 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M17 21a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M8.800 10.800l6-4M8.800 13.200l6 4",
  slide: "M3 5c5 1 6 9 10 11s8 2 8 4H3zM14 6l1.500 3M18 5.500L19 9M10.500 5l1.500 2",
  sort: "M8 10l4-4 4 4M8 14l4 4 4-4",
  sortdown: "M12 6v12M7 13l5 5 5-5",
  sortup: "M12 18V6M7 11l5-5 5 5",
  spinner: "M12 3.500a8.500 8.500 0 1 1-8.500 8.500",
  survey: "M3.500 3.500h7v7h-7zM13.500 3.500h7v7h-7zM3.500 13.500h7v7h-7zM13.500 13.500h7v7h-7z",
  trash: "M5 7h14M9.500 7V4h5v3M7 7l1 13h8l1-13M10.500 10.500v6M13.500 10.500v6",
  up: "M6 15l6-6 6 6",
  upload: "M12 16V5M7 9.500L12 4.500l5 5M4.500 20h15",
};

/**
 * A drawing beside words; screen readers skip it.
 *
 * @param {string} name one of the names above; "list" for others
 * @param {string} [classes] more classes
 * @returns {SVGElement}
 */
export function icon(name, classes = "") {
  return svg("svg",
    { class: `icon ${classes}`.trim(), viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: paths[name] ?? paths.list }));
}

/** The sign of a service by the id of its process. */
export function serviceIcon(id) {
  const names = {
    ice: "glacier",
    slide: "slide",
    quake: "quake",
    survey: "survey",
    mpic: "layers",
    match: "compare",
    invert: "series",
    series: "series",
    "fault-profile": "quake",
    validate: "check",
    simulate: "scan",
    evaluate: "check",
    info: "info"
  };
  return icon(names[id] ?? "settings", "icon-large");
}
