import { expect, test } from 'vitest';

import { byFamily, CHECKS, measureText, worstFirst } from './checks';
import { FAULTS } from './faults';
import { INSTRUCTIONS, instructionWords } from './instructions';
import type { Check } from './ipc/generated/Check';
import type { CheckId } from './ipc/generated/CheckId';
import { ALARMS, LIKENESS, ORDER_STATES } from './orders';

const TABLES = { FAULTS, CHECKS, INSTRUCTIONS, ORDER_STATES, LIKENESS, ALARMS };

test('every table says the same things in both languages, and nothing is left empty', () => {
  for (const [name, table] of Object.entries(TABLES)) {
    expect(Object.keys(table.en), name).toEqual(Object.keys(table['zh-CN']));
    for (const language of ['zh-CN', 'en'] as const) {
      for (const [key, row] of Object.entries(table[language])) {
        const texts: string[] = typeof row === 'string' ? [row] : Object.values(row as Record<string, string>);
        for (const text of texts) expect(text.length, `${name} ${language} ${key}`).toBeGreaterThan(1);
      }
    }
  }
});

test('Chinese words are Chinese and English words are not', () => {
  const chinese = /[\u4e00-\u9fff]/;
  const texts = (rows: Record<string, Record<string, string>>): string[] => Object.values(rows).flatMap((row) => Object.values(row));
  for (const table of [FAULTS, CHECKS, INSTRUCTIONS, ALARMS]) {
    expect(texts(table['zh-CN']).filter((text) => !chinese.test(text))).toEqual([]);
    expect(texts(table.en).filter((text) => chinese.test(text))).toEqual([]);
  }
});

test('the check behind an instruction may say more than the instruction', () => {
  expect(instructionWords('en', 'step_back', 'shoulders_complete')).toEqual({ say: INSTRUCTIONS.en.step_back.say, why: 'Too close: your shoulders do not fit.' });
  expect(instructionWords('zh-CN', 'step_back', 'face_width')).toEqual(INSTRUCTIONS['zh-CN'].step_back);
  expect(instructionWords('zh-CN', 'show_ears', null)).toEqual(INSTRUCTIONS['zh-CN'].show_ears);
});

test('left and right are named alike', () => {
  for (const pair of ['move', 'turn', 'tilt'] as const) {
    const [left, right] = [INSTRUCTIONS['zh-CN'][`${pair}_left`], INSTRUCTIONS['zh-CN'][`${pair}_right`]];
    expect(left.say).toContain('左');
    expect(right.say).toBe(left.say.replace('左', '右'));
    expect(INSTRUCTIONS.en[`${pair}_right`].say).toBe(INSTRUCTIONS.en[`${pair}_left`].say.replace('left', 'right'));
  }
  expect(INSTRUCTIONS['zh-CN'].left_lamp.say).toBe('请打开左边的灯');
});

const check = (id: CheckId, verdict: Check['verdict'], rest: Partial<Check> = {}): Check => ({ id, verdict, value: null, unit: 'px', limit: null, ...rest });

test('what failed comes first, and the rest keeps its order', () => {
  const sorted = worstFirst([check('eye_line', 'pass'), check('dpi', 'unknown'), check('roll', 'fail'), check('yaw', 'warn'), check('gaze', 'fail')]);
  expect(sorted.map(({ id }) => id)).toEqual(['roll', 'gaze', 'yaw', 'dpi', 'eye_line']);
});

test('each family shows its worst member, and every check has a family', () => {
  const all = (Object.keys(CHECKS.en) as CheckId[]).map((id) => check(id, id === 'roll' ? 'fail' : 'pass'));
  const families = byFamily(all);
  expect(families.flatMap(({ checks }) => checks)).toHaveLength(all.length);
  expect(families.filter(({ worst }) => worst === 'fail').map(({ family }) => family)).toEqual(['pose']);
});

test('a measure is written with its limits', () => {
  expect(measureText(check('eye_line', 'pass', { value: 250.4, limit: [200, 300] }))).toBe('250 px (200–300)');
  expect(measureText(check('roll', 'pass', { value: -1.25, unit: 'deg' }))).toBe('-1.3°');
  expect(measureText(check('gaze', 'unknown'))).toBe('');
});
