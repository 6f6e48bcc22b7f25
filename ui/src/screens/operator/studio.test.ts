import { render, screen, waitFor } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import App from '../../App.svelte';
import { FakeDesk, type FakePlate } from '../../ipc/fake/desk';
import { GlassBackend, SCREENS } from '../../test/glass';
import { ageText, gainsText, percentText, stopsText } from '../../studio';

let desk: FakeDesk;

async function open(plate: FakePlate, occupied = false): Promise<void> {
  const visit = { override: () => undefined, import: () => undefined, occupied: () => occupied };
  desk = new FakeDesk({ unlocked: true, plate, visit });
  render(App, { backend: Object.assign(new GlassBackend(SCREENS.scanning), { operator: desk }) });
  await screen.findByTestId('screen-scanning');
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10' }));
  await screen.findByTestId('screen-orders');
}

const click = (testid: string): void => screen.getByTestId(testid).click();
const concern = (): string | undefined => screen.queryByTestId('plate-concern')?.textContent;

async function studio(): Promise<void> {
  click('nav-studio');
  await screen.findByTestId('take-plate');
}

test('a clean plate is taken, shown with its age, and discarded with two presses', async () => {
  await open('none');
  await studio();
  await screen.findByTestId('no-plate');
  expect(screen.queryByTestId('discard-plate')).toBeNull();
  click('take-plate');
  expect((await screen.findByTestId('plate-taken', undefined, { timeout: 2_000 })).textContent).toContain('分钟前');
  const discard = vi.spyOn(desk, 'discardPlate');
  await screen.findByTestId('discard-plate');
  click('discard-plate');
  await waitFor(() => expect(screen.getByTestId('discard-plate').textContent).toContain('确认'));
  expect(discard).not.toHaveBeenCalled();
  click('discard-plate');
  await screen.findByTestId('no-plate');
});

test('with somebody in the picture there is no plate, and the one before stays', async () => {
  await open('fresh', true);
  await studio();
  await screen.findByTestId('plate-taken');
  click('take-plate');
  expect((await screen.findByTestId('plate-fault', undefined, { timeout: 2_000 })).dataset.fault).toBe('studio_occupied');
  expect(screen.getByTestId('plate-taken')).toBeTruthy();
});

test('the desk mentions a plate that is old or shows another wall, until it is taken again', async () => {
  await open('old');
  await waitFor(() => expect(concern()).toContain('3 天前'));
  click('go-studio');
  await screen.findByTestId('take-plate');
  click('take-plate');
  await waitFor(() => expect(concern()).toBeUndefined(), { timeout: 2_000 });
  click('nav-orders');
  await screen.findByTestId('screen-orders');
  expect(concern()).toBeUndefined();
});

test('a plate that was of no use is said on the desk', async () => {
  await open('unlike');
  await waitFor(() => expect(concern()).toContain('背景对不上'));
});

test('the calibration in use is shown, or how to get one', async () => {
  await open('none');
  await studio();
  expect((await screen.findByTestId('gains')).textContent).toBe('1.12 · 1.00 · 1.23');
  desk.studio = async () => ({ calibration: null, clean_plate: null, fault: { code: 'image_unreadable', detail: 'plate.toml' } });
  click('nav-orders');
  await screen.findByTestId('screen-orders');
  click('nav-studio');
  expect((await screen.findByTestId('no-calibration')).textContent).toContain('没有设置校准');
  expect(screen.getByTestId('plate-damaged')).toBeTruthy();
  expect(screen.getByTestId('discard-plate')).toBeTruthy();
});

test('an order tells what its photo was made with', async () => {
  await open('none');
  await screen.findByTestId('order-261121-A038');
  click('open-261121-A038');
  const lines = (await screen.findByTestId('provenance')).textContent;
  expect(lines).toContain('“booth”');
  expect(lines).toContain('0.12 %');
  expect(lines).toContain('使用了空景照片');
});

test('numbers are written as people read them', () => {
  expect([0.15, -1, 0, 0.001].map(stopsText)).toEqual(['+0.15', '−1.00', '0', '0']);
  expect(gainsText([1, 1.234, 2])).toBe('1.00 · 1.23 · 2.00');
  expect([0.0012, 0.00004, 0.25].map(percentText)).toEqual(['0.12', '< 0.01', '25.0']);
  const minute = 60_000;
  expect([0, 5, 59, 60, 47 * 60, 48 * 60, -5].map((n) => ageText(0, n * minute))).toEqual(['刚刚', '5 分钟前', '59 分钟前', '1 小时前', '47 小时前', '2 天前', '时间不明']);
});
