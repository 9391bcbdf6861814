// SPDX-License-Identifier: Apache-2.0

/**
 * Finds the screen that an address behind `#` stands for.
 *
 * Patterns are paths with names in braces: `/jobs/{id}/map`. The more exact one wins by standing first.
 */
export class Router {
  #routes = [];

  /**
   * @param {string} pattern
   * @param {Object} screen whatever `match` shall give back
   */
  add(pattern, screen) {
    this.#routes.push({ parts: split(pattern), screen });
    return this;
  }

  /**
   * @param {string} hash such as `#/jobs/42?tab=log`
   * @returns {{screen: Object|null, path: string, parameters: Object, query: URLSearchParams}}
   */
  match(hash) {
    const [path, search = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
    const parts = split(path);
    for (const { parts: pattern, screen } of this.#routes) {
      const parameters = bind(pattern, parts);
      if (parameters) return { screen, path: path || "/", parameters, query: new URLSearchParams(search) };
    }
    return { screen: null, path, parameters: {}, query: new URLSearchParams(search) };
  }
}

/** `#/path?query` from a path and the members of a query that have a value. Lists repeat their name. */
export function address(path, query = {}) {
  const search = query instanceof URLSearchParams ? query : new URLSearchParams();
  if (search !== query) {
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value].flat()) if (one !== null && one !== undefined && one !== "") search.append(name, one);
    }
  }
  const text = search.toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

function split(path) {
  return path.split("/").filter(Boolean);
}

function bind(pattern, parts) {
  if (pattern.length !== parts.length) return null;
  const parameters = {};
  for (const [place, part] of pattern.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name) parameters[name] = safelyDecoded(parts[place]);
    else if (part !== parts[place]) return null;
  }
  return parameters;
}

function safelyDecoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
