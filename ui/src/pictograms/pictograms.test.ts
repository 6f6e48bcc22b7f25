import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import { INSTRUCTIONS } from '../instructions';
import type { Instruction } from '../ipc/generated/Instruction';
import { PICTOGRAMS } from './index';
import Pictogram from './Pictogram.svelte';

const ALL = Object.keys(INSTRUCTIONS.en) as Instruction[];

function drawn(instruction: Instruction): SVGSVGElement {
  const svg = render(Pictogram, { instruction }).container.querySelector('svg');
  if (svg === null) throw new Error(instruction);
  return svg;
}

test('every worded instruction is drawn, and no two look alike', () => {
  expect(Object.keys(PICTOGRAMS).sort()).toEqual([...ALL].sort());
  const drawings = ALL.map((instruction) => drawn(instruction).innerHTML);
  for (const [i, drawing] of drawings.entries()) expect(drawing, ALL[i]).toContain('<path');
  expect(new Set(drawings).size).toBe(ALL.length);
});

test('right is the mirror image of left', () => {
  for (const [left, right] of [['move_left', 'move_right'], ['turn_left', 'turn_right'], ['tilt_left', 'tilt_right'], ['left_lamp', 'right_lamp']] as const) {
    const turned = (instruction: Instruction): string | null => drawn(instruction).querySelector('g')?.getAttribute('transform') ?? null;
    expect(PICTOGRAMS[left].drawing).toBe(PICTOGRAMS[right].drawing);
    expect([turned(left), turned(right)]).toEqual([null, 'matrix(-1 0 0 1 200 0)']);
  }
});

test('the arrow of moving left points left', () => {
  const arrow = drawn('move_left').querySelector('.nudge')?.parentElement?.getAttribute('transform');
  expect(arrow).toContain('rotate(180)');
});
