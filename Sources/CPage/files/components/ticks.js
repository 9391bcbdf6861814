// SPDX-License-Identifier: Apache-2.0
import { locale } from "../i18n.js";

const day = 86_400_000;

/** About `count` round numbers between two. */
export function numberTicks(low, high, count = 6) {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

/** The text of a tick, with as many decimals as the step needs. */
export function numberLabel(value, ticks) {
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : Math.abs(value) || 1;
  const digits = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
  const isLarge = Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4);
  const style = isLarge ? { notation: "scientific", maximumSignificantDigits: 3 }
    : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale(), style).format(value);
}

/** Days, months or years between two instants in milliseconds, about `count` of them. */
export function timeTicks(low, high, count = 6) {
  const span = (high - low) / day;
  const perTick = span / Math.max(1, count);
  if (perTick < 20) return dayTicks(low, high, [1, 2, 5, 10, 15].find((step) => step >= perTick) ?? 20);
  const steps = [1, 2, 3, 6, 12, 24, 60, 120, 240];
  let place = steps.findIndex((step) => step * 30.44 >= perTick);
  if (place < 0) place = steps.length - 1;
  // A narrow drawing may meet one round date only, which tells no distance: rather more ticks than asked for.
  while (place > 0 && monthTicks(low, high, steps[place]).length < 2) place -= 1;
  return monthTicks(low, high, steps[place]);
}

/** The text of a time tick: 14 Mar, Mar 2020 or 2020. */
export function timeLabel(value, ticks) {
  const step = ticks.length > 1 ? (ticks[1] - ticks[0]) / day : 1;
  const options = step >= 360 ? { year: "numeric" } : step >= 27 ? { month: "short", year: "numeric" }
    : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" }).format(new Date(value));
}

function dayTicks(low, high, step) {
  const first = Math.ceil(low / day);
  const ticks = [];
  for (let index = first; index * day <= high; index += step) ticks.push(index * day);
  return ticks;
}

function monthTicks(low, high, step) {
  const start = new Date(low);
  const ticks = [];
  const year = step > 12 ? Math.floor(start.getUTCFullYear() / (step / 12)) * (step / 12) : start.getUTCFullYear();
  for (let month = 0; ; month += step) {
    const value = Date.UTC(year, month, 1);
    if (value > high) return ticks;
    if (value >= low) ticks.push(value);
  }
}
