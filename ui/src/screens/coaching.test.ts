import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import App from '../App.svelte';
import { INSTRUCTIONS } from '../instructions';
import type { Coaching } from '../ipc/generated/Coaching';
import { sounds } from '../sounds';
import { GlassBackend, SCREENS } from '../test/glass';

let glass: GlassBackend;
const framing = (coaching: Partial<Coaching>, automatic_shutter = true) => ({
  ...SCREENS.framing,
  automatic_shutter,
  coaching: { ...SCREENS.framing.coaching, ...coaching },
});

async function show(coaching: Partial<Coaching>, automatic = true): Promise<void> {
  glass = new GlassBackend(framing(coaching, automatic));
  render(App, { backend: glass });
  await screen.findByTestId('screen-framing');
}

beforeEach(() => vi.restoreAllMocks());

test('what to do stands above why', async () => {
  await show({ instruction: 'left_lamp', reason: 'left_right_light' });
  expect(screen.getByTestId('say').textContent).toBe(INSTRUCTIONS['zh-CN'].left_lamp.say);
  expect(screen.getByTestId('why').textContent).toContain('左侧偏暗');
});

describe('the shutter by hand', () => {
  test('counts over the picture, ticks once a digit, and is cancelled by the same button', async () => {
    const tick = vi.spyOn(sounds, 'tick');
    await show({});
    expect(screen.queryByTestId('shutter-countdown')).toBeNull();
    for (const countdown of [3, 3, 2, 1]) {
      glass.become(framing({ countdown, hold: countdown / 10 }));
      await waitFor(() => expect(screen.getByTestId('shutter-countdown').textContent).toBe(String(countdown)));
    }
    expect(tick).toHaveBeenCalledTimes(3);
    expect(screen.getByTestId('shutter').textContent).toContain('取消');
    screen.getByTestId('shutter').click();
    expect(glass.intents).toEqual([{ intent: 'shutter' }]);
  });

  test('the ring is for the automatic shutter only, and not during a countdown', async () => {
    await show({ instruction: 'hold_still', hold: 0.5 });
    expect(screen.getByTestId('hold')).toBeTruthy();
    glass.become(framing({ instruction: 'hold_still', hold: 0.5, countdown: 2 }));
    await waitFor(() => expect(screen.queryByTestId('hold')).toBeNull());
    glass.become(framing({ instruction: 'hold_still', hold: 0.5 }, false));
    await waitFor(() => expect(screen.queryByTestId('shutter-countdown')).toBeNull());
    expect(screen.queryByTestId('hold')).toBeNull();
  });
});

describe('the shot', () => {
  test('sounds and flashes once', async () => {
    const shutter = vi.spyOn(sounds, 'shutter');
    await show({ instruction: 'hold_still', hold: 1 });
    expect(screen.queryByTestId('flash')).toBeNull();
    glass.become(SCREENS.standardising);
    await screen.findByTestId('flash');
    glass.become(SCREENS.review);
    await waitFor(() => expect(screen.queryByTestId('flash')).toBeNull());
    expect(shutter).toHaveBeenCalledTimes(1);
  });

  test('of somebody else does not', async () => {
    const shutter = vi.spyOn(sounds, 'shutter');
    await show({});
    glass.become({ ...SCREENS.standardising, session: 'another' });
    await screen.findByTestId('screen-standardising');
    expect(shutter).not.toHaveBeenCalled();
    expect(screen.queryByTestId('flash')).toBeNull();
  });
});

test('help is offered beside the instruction, which stays', async () => {
  await show({ instruction: 'show_ears', reason: 'ears_visible' });
  expect(screen.queryByTestId('call-operator')).toBeNull();
  glass.become(framing({ instruction: 'show_ears', reason: 'ears_visible', offer_operator: true }));
  await screen.findByTestId('offer-operator');
  expect(screen.getByTestId('instruction').dataset.instruction).toBe('show_ears');
  expect(screen.getByTestId('record-name')).toBeTruthy();
  screen.getByTestId('shutter').click();
  expect(glass.intents).toEqual([{ intent: 'shutter' }]);
  screen.getByTestId('call-operator').click();
  await screen.findByTestId('screen-access');
});
