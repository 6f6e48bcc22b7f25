import { t } from '../../i18n/language.svelte';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `31.2 KB`: decimal units, as on the box of a USB drive. */
export function byteText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power] ?? ''}`;
}

/** `40 s`, `3 min`: no more exact than it is known. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return t('delivery.seconds', { n: seconds < 10 ? seconds : Math.ceil(seconds / 5) * 5 });
  return t('delivery.minutes', { n: Math.ceil(seconds / 60) });
}
