import { expect, test } from 'vitest';

import { parseFrame, writeFrame } from './frame';
import type { FrameHeader } from './generated/FrameHeader';

const HEADER: FrameHeader = {
  seq: 41,
  width: 1280,
  height: 720,
  orientation: 0,
  overlay: { code: [[1, 2], [3, 4], [5, 6], [7, 8]], sitter: null },
};
const JPEG = new Uint8Array([0xff, 0xd8, 0x01, 0x02, 0xff, 0xd9]);

test('a frame survives the wire', () => {
  const frame = parseFrame(writeFrame(HEADER, JPEG));
  expect(frame?.header).toEqual(HEADER);
  expect([...(frame?.jpeg ?? [])]).toEqual([...JPEG]);
});

test('the length is little-endian and counts bytes, not letters', () => {
  const wire = writeFrame(HEADER, JPEG);
  const length = new Uint8Array(wire, 0, 4);
  expect(length[0]! + length[1]! * 256).toBe(new TextEncoder().encode(JSON.stringify(HEADER)).length);
});

test('no newer frame, a frame that is cut short and a spoilt header are all nothing', () => {
  const wire = writeFrame(HEADER, JPEG);
  expect(parseFrame(new ArrayBuffer(0))).toBeNull();
  expect(parseFrame(wire.slice(0, 3))).toBeNull();
  expect(parseFrame(wire.slice(0, 40))).toBeNull();
  expect(parseFrame(wire.slice(0, wire.byteLength - JPEG.length))).toBeNull();
  new Uint8Array(wire)[4] = 0x7d;
  expect(parseFrame(wire)).toBeNull();
});
