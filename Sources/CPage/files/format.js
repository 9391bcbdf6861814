// SPDX-License-Identifier: Apache-2.0
import { locale, t } from "./i18n.js";

const thin = "\u202F";

/** A number with at most `digits` significant digits: 12 345, 0.0123. */
export function number(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  return new Intl.NumberFormat(locale(), { maximumSignificantDigits: digits }).format(value).replace("-", "−");
}

/**
 * A value with its standard deviation, both with as many decimals as two digits of the latter have: 938.6 ± 1.1, 939 ± 11.
 * The value alone where there is none.
 */
export function measurement(value, sigma) {
  if (!Number.isFinite(value) || !Number.isFinite(sigma) || sigma <= 0) {
    return number(value) + (sigma === 0 ? " ± 0" : "");
  }
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(Number(sigma.toPrecision(2))))));
  const shape = new Intl.NumberFormat(locale(), { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const margin = decimals > 0 ? shape.format(sigma) : number(sigma, Math.max(2, Math.floor(Math.log10(sigma)) + 1));
  return `${shape.format(value).replace("-", "−")} ± ${margin}`;
}

/** A whole number with separators. */
export function integer(value) {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);
}

/** 0.42 as 42 %. */
export function percent(share, digits = 0) {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: digits }).format(share);
}

/** Bytes in decimal units, as disks are sold and as file managers tell: 12.4 GB; 12,4 Go. */
export function bytes(count) {
  if (count === null || count === undefined) return "–";
  const units = t("unit.bytes").split(" ");
  let value = count;
  let place = 0;
  while (value >= 999.5 && place < units.length - 1) {
    value /= 1000;
    place += 1;
  }
  return `${number(value, place === 0 ? 4 : 3)}${thin}${units[place]}`;
}

/** Seconds as people say them: 42 s, 3 min 05 s, 2 h 03 min, 4 d 6 h. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const day = t("unit.day");
  const whole = Math.max(0, Math.round(seconds));
  if (seconds < 9.95 && seconds > 0) return `${number(Math.round(seconds * 10) / 10, 2)}${thin}s`;
  if (whole < 60) return `${whole}${thin}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}${thin}min ${two(whole % 60)}${thin}s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}${thin}h ${two(minutes % 60)}${thin}min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}${thin}${day} ${hours % 24}${thin}h`;
}

/** 14 Mar 2026 from a day or an instant, in UTC. */
export function date(text) {
  return formatted(text, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** 14 Mar 2026, 09:31 in the reader's time zone. */
export function time(text) {
  return formatted(
    text, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
}

/** 09:31:07 in the reader's time zone. */
export function clock(text) { return formatted(text, { hour: "2-digit", minute: "2-digit", second: "2-digit" }); }

/** "5 minutes ago", "in 3 days". */
export function relative(text, now = Date.now()) {
  if (!text) return "–";
  const seconds = (new Date(text).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return String(text);
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const steps =
    [["second", 60], ["minute", 60], ["hour", 24], ["day", 30.44], ["month", 12], ["year", Infinity]];
  let value = seconds;
  for (const [unit, length] of steps) {
    if (Math.abs(value) < length) return words.format(Math.round(value), unit);
    value /= length;
  }
  return time(text);
}

/** A list in words: a, b and c. */
export function list(items) {
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(items.map(String));
}

/** The value of a parameter as text: yes, no, lists with commas. */
export function parameterValue(value) {
  if (value === null || value === undefined) return "–";
  if (value === true) return t("value.yes");
  if (value === false) return t("value.no");
  if (Array.isArray(value)) return value.length === 0 ? t("value.empty") : value.map(parameterValue).join(", ");
  if (typeof value === "number")
    return new Intl.NumberFormat(locale(), { maximumSignificantDigits: 12 }).format(value);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

function formatted(text, options) {
  if (!text) return "–";
  const value = new Date(text);
  return Number.isNaN(value.getTime()) ? String(text) : new Intl.DateTimeFormat(locale(), options).format(value);
}

function two(value) { return String(value).padStart(2, "0"); }
