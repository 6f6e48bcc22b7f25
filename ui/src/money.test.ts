import { expect, test } from 'vitest';

import { fenOf, yuan } from './money';

test('money is said as people write it', () => {
  expect([0, 5, 1_500, 120_050].map(yuan)).toEqual(['¥0.00', '¥0.05', '¥15.00', '¥1200.50']);
});

test('an amount is read as people type it, and nothing else is', () => {
  expect(['15', '15.5', ' ¥20.00 ', '0.05', '15。5'].map(fenOf)).toEqual([1_500, 1_550, 2_000, 5, 1_550]);
  expect(['', '-5', '15.505', '1e3', 'x', '15,00', '1234567'].map(fenOf)).toEqual([null, null, null, null, null, null, null]);
});
