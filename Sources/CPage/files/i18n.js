// SPDX-License-Identifier: Apache-2.0

const languages = ["en", "fr"];
const storageKey = "ogive.language";

let language = "en";
let words = {};
let fallback = {};
let plural = new Intl.PluralRules("en");

/** The languages that the page speaks, with their own names. */
export const languageNames = { en: "English", fr: "Français" };

/** The language of the page: "en" or "fr". */
export function currentLanguage() {
  return language;
}

/** The locale for numbers and dates: days before months, as in science. */
export function locale() {
  return language === "fr" ? "fr-FR" : "en-GB";
}

/**
 * Loads the words of a language: that asked for, else the one chosen before, else the browser's, else the server's.
 *
 * @param {string|null} [asked]
 */
export async function useLanguage(asked = null) {
  const wish = [asked, stored(), ...navigator.languages.map((name) => name.slice(0, 2))];
  language = wish.find((name) => languages.includes(name)) ?? "en";
  if (asked) store(language);
  plural = new Intl.PluralRules(language);
  fallback = await load("en");
  words = language === "en" ? fallback : await load(language);
  document.documentElement.lang = language;
}

/**
 * The words of a key, with `{name}` replaced by values.
 *
 * @param {string} key such as "jobs.title"
 * @param {Object} [values]
 * @returns {string} the English words where the language lacks them; the key where both do
 */
export function t(key, values) {
  const text = words[key] ?? fallback[key] ?? key;
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Words that depend on a number: `key.one`, `key.other`; `{count}` is the number in the language's form. */
export function tCount(key, count, values = {}) {
  const form = `${key}.${plural.select(count)}`;
  const chosen = form in words || form in fallback ? form : `${key}.other`;
  return t(chosen, { count: new Intl.NumberFormat(locale()).format(count), ...values });
}

/** Whether a key has words in the page's language. */
export function hasWords(key) {
  return key in words;
}

async function load(name) {
  const files = [`/page/${name}.json`, `/page/services.${name}.json`, `/page/map/${name}.json`];
  const parts = await Promise.all(files.map(loadFile));
  return Object.assign({}, ...parts);
}

async function loadFile(address) {
  try {
    const response = await fetch(address);
    return response.ok ? await response.json() : {};
  } catch {
    return {};
  }
}

function stored() {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function store(name) {
  try {
    localStorage.setItem(storageKey, name);
  } catch {
    // A browser that keeps nothing keeps the language for this page only.
  }
}
