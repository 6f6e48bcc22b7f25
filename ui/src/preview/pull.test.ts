import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { writeFrame, type Frame } from '../ipc/frame';
import { pullFrames } from './pull';

const wire = (seq: number): ArrayBuffer => writeFrame({ seq, width: 4, height: 3, orientation: 0, overlay: null }, new Uint8Array([1]));

let stop: (() => void) | null = null;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stop?.();
  vi.useRealTimers();
});

/** Answers with these frames in turn, then with nothing. */
function camera(...frames: ArrayBuffer[]) {
  const asked: number[] = [];
  const nextFrame = async (after: number): Promise<ArrayBuffer> => {
    asked.push(after);
    await new Promise((resolve) => setTimeout(resolve, 10));
    return frames.shift() ?? new ArrayBuffer(0);
  };
  return { asked, nextFrame };
}

test('asks for the next frame only when the last one is drawn', async () => {
  const { asked, nextFrame } = camera(wire(1), wire(2), wire(3));
  let finish: (() => void) | undefined;
  stop = pullFrames({ nextFrame, draw: () => new Promise((resolve) => (finish = resolve)), onLive: () => {} });
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual([0]);
  finish?.();
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toEqual([0, 1]);
});

test('says when frames stop, and starts from the beginning for a camera that was opened again', async () => {
  const { asked, nextFrame } = camera(wire(90), new ArrayBuffer(0), wire(1));
  const live: boolean[] = [];
  const drawn: number[] = [];
  const draw = async (frame: Frame): Promise<void> => void drawn.push(frame.header.seq);
  stop = pullFrames({ nextFrame, draw, onLive: (now) => live.push(now) });
  await vi.advanceTimersByTimeAsync(290);
  expect(asked.slice(0, 3)).toEqual([0, 90, 0]);
  expect(drawn).toEqual([90, 1]);
  expect(live.slice(0, 3)).toEqual([true, false, true]);
});

test('the same still picture again is not a live one', async () => {
  const { nextFrame } = camera(wire(7), new ArrayBuffer(0), wire(7));
  const live: boolean[] = [];
  const draw = vi.fn(async () => {});
  stop = pullFrames({ nextFrame, draw, onLive: (now) => live.push(now) });
  await vi.advanceTimersByTimeAsync(290);
  expect(draw).toHaveBeenCalledTimes(1);
  expect(live.slice(0, 3)).toEqual([true, false, false]);
});

test('a refused frame is no end', async () => {
  const nextFrame = vi.fn().mockRejectedValueOnce({ code: 'camera_stalled', detail: '' }).mockResolvedValue(wire(1));
  const draw = vi.fn(async () => {});
  stop = pullFrames({ nextFrame, draw, onLive: () => {} });
  await vi.advanceTimersByTimeAsync(260);
  expect(draw).toHaveBeenCalledTimes(1);
});

test('nothing is asked for while nobody can see it, nor after the end', async () => {
  const { asked, nextFrame } = camera(wire(1), wire(2));
  let visible = false;
  stop = pullFrames({ nextFrame, draw: async () => {}, onLive: () => {}, visible: () => visible });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([]);
  visible = true;
  await vi.advanceTimersByTimeAsync(255);
  expect(asked).toEqual([0]);
  stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([0]);
});
