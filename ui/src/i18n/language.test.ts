import { expect, test } from 'vitest';

import { language, resetLanguage, switchLanguage, t } from './language.svelte';
import en from './en.json';
import zh from './zh-CN.json';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

test('every language has every key and the same placeholders', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const [key, text] of Object.entries(zh)) {
    expect(text, key).not.toBe('');
    expect(placeholders(en[key as keyof typeof en]), key).toEqual(placeholders(text));
  }
});

test('Chinese first, English on a switch, Chinese again for the next person', () => {
  expect(language()).toBe('zh-CN');
  expect(t('review.retakesLeft', { n: 2 })).toBe('还可重拍 2 次');
  switchLanguage();
  expect(t('review.retakesLeft', { n: 2 })).toBe('2 retakes left');
  expect(document.documentElement.lang).toBe('en');
  resetLanguage();
  expect(language()).toBe('zh-CN');
});

test('no text is left over', () => {
  const sources = Object.values(import.meta.glob<string>('../**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true })).join('\n');
  /** Keys that are put together: `t(\`family.${family}\`)`. */
  const composed = [...sources.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/gi)].map(([, stem]) => stem ?? '');
  const unused = Object.keys(zh).filter((key) => !sources.includes(`'${key}'`) && !composed.some((stem) => key.startsWith(stem)));
  expect(unused).toEqual([]);
});
