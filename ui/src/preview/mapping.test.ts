import { expect, test } from 'vitest';

import { boxOnGlass, middleOf, onGlass, polygon, uprightMatrix } from './mapping';

test('a portrait view is cut around the middle of a landscape frame', () => {
  expect(middleOf(1280, 720, 0.75)).toEqual({ x: 370, y: 0, width: 540, height: 720 });
});

test('a wide view of a camera that is mounted sideways keeps all columns', () => {
  expect(middleOf(720, 1280, 1.5)).toEqual({ x: 0, y: 400, width: 720, height: 480 });
});

test('a camera on its side is drawn upright, corner on corner', () => {
  const upright = { width: 720, height: 1280 };
  const place = (orientation: number, [x, y]: [number, number], { width, height } = upright): number[] => {
    const [a, b, c, d, e, f] = uprightMatrix(orientation, width, height);
    return [a * x + c * y + e, b * x + d * y + f];
  };
  // The camera's picture is 1280 × 720; its top left corner and its top right one.
  expect([place(90, [0, 0]), place(90, [1280, 0])]).toEqual([[720, 0], [720, 1280]]);
  expect([place(270, [0, 0]), place(270, [1280, 0])]).toEqual([[0, 1280], [0, 0]]);
  const wide = { width: 1280, height: 720 };
  expect([place(180, [0, 0], wide), place(180, [1280, 720], wide)]).toEqual([[1280, 720], [0, 0]]);
  expect(place(0, [12, 34], wide)).toEqual([12, 34]);
});

test('the preview is a mirror: what is left in the frame is right on the glass', () => {
  const window = { x: 370, y: 0, width: 540, height: 720 };
  expect(onGlass([370, 100], window)).toEqual([540, 100]);
  expect(onGlass([910, 100], window)).toEqual([0, 100]);
  expect(onGlass([640, 360], window)).toEqual([270, 360]);
});

test('a box keeps its size and its top-left corner stays top-left', () => {
  const window = { x: 370, y: 10, width: 540, height: 700 };
  const box = boxOnGlass([400, 50, 300, 400], window);
  expect(box).toEqual({ x: 210, y: 40, width: 300, height: 400 });
  expect(onGlass([400, 50], window)).toEqual([box.x + box.width, box.y]);
  expect(onGlass([700, 450], window)).toEqual([box.x, box.y + box.height]);
});

test('mirroring twice gives the frame back', () => {
  const window = { x: 123, y: 45, width: 611, height: 502 };
  const twice = onGlass(onGlass([300, 200], window), { ...window, x: 0, y: 0 });
  expect(twice).toEqual([300 - window.x, 200 - window.y]);
});

test('a polygon is written for SVG', () => {
  expect(polygon([[0, 0], [10, 5]], { x: 0, y: 0, width: 10, height: 10 })).toBe('10.0,0.0 0.0,5.0');
});
