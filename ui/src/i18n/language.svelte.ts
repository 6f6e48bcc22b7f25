import en from './en.json';
import zh from './zh-CN.json';

export type Language = 'zh-CN' | 'en';
export type Key = keyof typeof zh;

/** Every language has every key; a missing or a left-over one does not compile. */
const TEXTS: { 'zh-CN': Record<keyof typeof en, string>; en: Record<Key, string> } = { 'zh-CN': zh, en };

/** Each visit starts in Chinese. */
const HOME: Language = 'zh-CN';

let current = $state<Language>(HOME);

/** The language on the glass. */
export function language(): Language {
  return current;
}

export function switchLanguage(): void {
  show(current === 'zh-CN' ? 'en' : 'zh-CN');
}

/** Back to the first language, for the next person. */
export function resetLanguage(): void {
  show(HOME);
}

function show(next: Language): void {
  current = next;
  document.documentElement.lang = next;
}

/** The text for `key`, with `{name}` replaced by `values.name`. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TEXTS[current][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The row of a table of words for the language on the glass. */
export function words<T>(table: Record<Language, T>): T {
  return table[current];
}
