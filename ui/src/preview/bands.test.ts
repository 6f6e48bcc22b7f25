import { expect, test } from 'vitest';

import type { BandReading } from '../ipc/generated/BandReading';
import type { SitterOverlay } from '../ipc/generated/SitterOverlay';
import { bandMarks } from './bands';

/** A frame of 1000×800, all of it on the glass; a crop at half a frame pixel for a photo pixel. */
const WINDOW = { x: 0, y: 0, width: 1000, height: 800 };
const SITTER: SitterOverlay = {
  outline: [],
  crop: [300, 100, 240, 320],
  crown: 136,
  eye_line: 225,
  cheeks: [360, 480],
  bands: [],
  verdict: 'warn',
};
const band = (id: BandReading['id'], value: number, low: number, high: number): BandReading => ({ id, value, low, high, verdict: 'pass' });
const marks = (...bands: BandReading[]) => bandMarks({ ...SITTER, bands }, WINDOW);

test('rows count from the crop’s upper edge, in its own scale', () => {
  expect(marks(band('head_top', 72, 50, 110))).toEqual([
    { id: 'head_top', verdict: 'pass', kind: 'row', zone: { x: 460, y: 125, width: 240, height: 30 }, at: 136 },
  ]);
  expect(marks(band('eye_line', 250, 200, 300))[0]).toMatchObject({ kind: 'row', zone: { y: 200, height: 50 }, at: 225 });
});

test('a face right of the middle of the photo is left of it in the mirror', () => {
  const [middle, right] = [0, 10].map((value) => marks(band('centred', value, -12, 12))[0]);
  expect(middle).toMatchObject({ kind: 'column', at: 580, zone: { x: 574, width: 12, y: 100 } });
  expect(right).toMatchObject({ at: 575 });
});

test('the width’s ticks are the cheeks, and its bands lie around the face’s own centre', () => {
  const [width] = marks(band('face_width', 240, 180, 300));
  // Cheeks at 360 and 480: centre 420, on the glass 580; half widths 45 to 75 frame pixels.
  expect(width).toMatchObject({ kind: 'width', at: [640, 520] });
  if (width?.kind !== 'width') throw new Error('no width');
  expect(width.zones.map(({ x, width: wide }) => [x, x + wide])).toEqual([[625, 655], [505, 535]]);
});

test('without a crop there is nothing to compare with, and other checks have no line', () => {
  expect(bandMarks({ ...SITTER, crop: null, bands: [band('eye_line', 250, 200, 300)] }, WINDOW)).toEqual([]);
  expect(marks(band('yaw', 3, -7, 7))).toEqual([]);
});
