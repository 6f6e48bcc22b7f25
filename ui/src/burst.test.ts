import { expect, test } from 'vitest';

import { whyChosen } from './burst';
import type { BurstScore } from './ipc/generated/BurstScore';

const frame = (eyes_open: number, sharpness: number, turn: number): BurstScore => ({ eyes_open, sharpness, turn, score: 0 });

test('says in what the chosen frame is the best', () => {
  const scores = [frame(0.3, 0.5, -4), frame(0.34, 0.6, 3), frame(0.1, 0.4, -0.5)];
  expect(whyChosen({ frames: 3, chosen: 1, scores })).toEqual(['eyes_open', 'sharpness']);
  expect(whyChosen({ frames: 3, chosen: 2, scores })).toEqual(['turn']);
  expect(whyChosen({ frames: 3, chosen: 0, scores })).toEqual([]);
});

test('a choice outside the burst has no reason', () => {
  expect(whyChosen({ frames: 0, chosen: 0, scores: [] })).toEqual([]);
});
