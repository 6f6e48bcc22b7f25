import { t } from './i18n/language.svelte';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `1.12 · 1.00 · 1.23`. */
export function gainsText(gains: readonly number[]): string {
  return gains.map((gain) => gain.toFixed(2)).join(' · ');
}

/** `+0.15`, `−1.00`; 0 has no sign. */
export function stopsText(stops: number): string {
  const size = Math.abs(stops).toFixed(2);
  return Number(size) === 0 ? '0' : (stops > 0 ? '+' : '−') + size;
}

/** A share in percent, with as many digits as matter. */
export function percentText(share: number): string {
  const percent = share * 100;
  return percent < 0.01 ? '< 0.01' : percent.toFixed(percent < 1 ? 2 : 1);
}

/** How long ago `then` was. */
export function ageText(then: number, now: number): string {
  const age = now - then;
  if (age < -MINUTE_MS) return t('age.future');
  if (age < MINUTE_MS) return t('age.now');
  if (age < HOUR_MS) return t('age.minutes', { n: Math.floor(age / MINUTE_MS) });
  if (age < 2 * DAY_MS) return t('age.hours', { n: Math.floor(age / HOUR_MS) });
  return t('age.days', { n: Math.floor(age / DAY_MS) });
}
