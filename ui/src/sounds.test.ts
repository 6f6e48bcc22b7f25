import { expect, test, vi } from 'vitest';

import { Sounds } from './sounds';

/** A loudspeaker that writes down what is started on it. */
function speaker(state: AudioContextState) {
  const started: string[] = [];
  const gain = { setValueAtTime: vi.fn(), exponentialRampToValueAtTime: vi.fn() };
  const node = (kind: string) => ({
    connect: <T>(next: T): T => next,
    start: () => void started.push(kind),
    stop: () => {},
    frequency: { value: 0 },
    Q: { value: 0 },
    gain,
  });
  const context = {
    state,
    currentTime: 0,
    sampleRate: 8_000,
    destination: {},
    resume: vi.fn(async () => {
      await Promise.resolve();
      context.state = 'running';
    }),
    createOscillator: () => node('tone'),
    createGain: () => node('gain'),
    createBiquadFilter: () => node('filter'),
    createBufferSource: () => node('noise'),
    createBuffer: (_channels: number, samples: number) => ({ getChannelData: () => new Float32Array(samples) }),
  };
  return { context, started, gain, sounds: new Sounds(() => context as unknown as AudioContext) };
}

test('a tick is one soft tone, the shutter two clicks, and nothing is loud', () => {
  const { sounds, started, gain } = speaker('running');
  sounds.tick();
  expect(started).toEqual(['tone']);
  sounds.shutter();
  expect(started.filter((kind) => kind === 'noise')).toHaveLength(2);
  for (const [volume] of gain.setValueAtTime.mock.calls) expect(volume).toBeLessThanOrEqual(0.5);
});

test('before the first touch it is silent, and what could not be heard is not heard later', async () => {
  const { sounds, started, context } = speaker('suspended');
  sounds.tick();
  expect(started).toEqual([]);
  expect(context.resume).toHaveBeenCalled();
  await vi.waitFor(() => expect(context.state).toBe('running'));
  expect(started).toEqual([]);
  sounds.tick();
  expect(started).toEqual(['tone']);
});

test('no loudspeaker, a broken one and one that refuses are no fault', () => {
  const refusing = new Sounds(() => {
    throw new Error('no device');
  });
  const broken = speaker('running');
  broken.context.createOscillator = () => {
    throw new Error('gone');
  };
  for (const each of [new Sounds(() => null), refusing, broken.sounds]) {
    expect(() => {
      each.wake();
      each.tick();
      each.shutter();
    }).not.toThrow();
  }
  expect(broken.started).not.toContain('tone');
});
