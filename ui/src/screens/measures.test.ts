import { expect, test } from 'vitest';

import { measures, scaleThatFits } from './measures';
import { erase, insert } from './typing';

const GEOMETRY = { head_top: 72, eye_line: 250, face_width: 240, centre_x: 236 };

test('bands are the standard’s, unless the report carries the recipient’s own', () => {
  const [top, eyes] = measures(GEOMETRY, []).rows;
  expect(top).toEqual({ id: 'head_top', low: 50, high: 110, at: 72 });
  expect(eyes).toEqual({ id: 'eye_line', low: 200, high: 300, at: 250 });
  const own = measures(GEOMETRY, [{ id: 'eye_line', verdict: 'pass', value: 250, unit: 'px', limit: [210, 290] }]);
  expect(own.rows[1]).toMatchObject({ low: 210, high: 290 });
});

test('the width is drawn around the face’s own centre', () => {
  const { width } = measures(GEOMETRY, []);
  expect(width).toEqual({ left: 116, right: 356, centre: 236, narrowest: [146, 326], widest: [86, 386] });
});

test('the photo is shown as large as it fits, whole', () => {
  expect(scaleThatFits(520, 660)).toBe(1);
  expect(scaleThatFits(1000, 1300)).toBe(2);
  expect(scaleThatFits(479, 2000)).toBe(0.75);
  expect(scaleThatFits(0, 0)).toBe(0.5);
});

test('keys go where the caret is', () => {
  expect(insert('1234', 'X', 4, 4)).toEqual({ text: '1234X', caret: 5 });
  expect(insert('1234', 'X', 1, 3)).toEqual({ text: '1X4', caret: 2 });
  expect(erase('1234', 4, 4)).toEqual({ text: '123', caret: 3 });
  expect(erase('1234', 1, 3)).toEqual({ text: '14', caret: 1 });
  expect(erase('', 0, 0)).toEqual({ text: '', caret: 0 });
});
