import { render, screen, waitFor } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import App from '../../App.svelte';
import { FakeDesk } from '../../ipc/fake/desk';
import type { SessionView } from '../../ipc/generated/SessionView';
import { GlassBackend, SCREENS } from '../../test/glass';
import { unfit } from './import';

const FAILED = { ...SCREENS.review, may_accept: false };
let desk: FakeDesk;
let glass: GlassBackend;

async function show(view: SessionView, unlocked = true): Promise<void> {
  desk = new FakeDesk({ unlocked });
  glass = Object.assign(new GlassBackend(view), { operator: desk });
  render(App, { backend: glass });
  await screen.findByTestId(`screen-${view.screen}`);
}

const click = (testid: string): void => screen.getByTestId(testid).click();
const button = (testid: string): HTMLButtonElement => screen.getByTestId<HTMLButtonElement>(testid);

async function choose(file: File): Promise<void> {
  const input = screen.getByTestId<HTMLInputElement>('import-file');
  Object.defineProperty(input, 'files', { value: [file], configurable: true });
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await Promise.resolve();
}

test('a failed photo passes with a reason, by the staff only, and the desk is locked again', async () => {
  await show(FAILED);
  const override = vi.spyOn(desk, 'overridePhoto');
  click('ask-override');
  await screen.findByTestId('override');
  expect(screen.getByTestId('override-roll').textContent).toContain('头歪向一侧');
  expect(button('override-submit').disabled).toBe(true);
  click('override-seen');
  const text = screen.getByTestId<HTMLInputElement>('override-text');
  text.value = ' 已核对证件 ';
  text.dispatchEvent(new Event('input', { bubbles: true }));
  await waitFor(() => expect(button('override-submit').disabled).toBe(false));
  click('override-submit');
  await waitFor(() => expect(screen.queryByTestId('override-dialog')).toBeNull());
  expect(override).toHaveBeenCalledWith(FAILED.session, FAILED.attempt, '已当面核对，照片可用；已核对证件');
  expect(await desk.access()).toMatchObject({ pin_set: true, unlocked: false });

  glass.become({ ...FAILED, may_accept: true, override: { reason: '已当面核对' } });
  expect((await screen.findByTestId('overridden')).textContent).toContain('已当面核对');
  expect(button('accept').disabled).toBe(false);
  expect(screen.queryByTestId('ask-override')).toBeNull();
  click('accept');
  expect(glass.intents).toEqual([{ intent: 'accept' }]);
});

test('a locked desk asks for the PIN first', async () => {
  await show(FAILED);
  await desk.lock();
  click('ask-override');
  await screen.findByTestId('screen-access');
  expect(screen.queryByTestId('override')).toBeNull();
  for (const digit of '246810') click(`key-${digit}`);
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('pin').value).toBe('246810'));
  click('pin-submit');
  await screen.findByTestId('override');
});

test('an override that is refused is said, and the dialog stays', async () => {
  await show(FAILED);
  desk.overridePhoto = () => Promise.reject({ code: 'store_read_only', detail: '' });
  click('ask-override');
  await screen.findByTestId('override');
  click('override-body');
  await waitFor(() => expect(button('override-submit').disabled).toBe(false));
  click('override-submit');
  expect((await screen.findByTestId('fault')).dataset.fault).toBe('store_read_only');
  expect(screen.getByTestId('override')).toBeTruthy();
});

test('a photo that passed offers no override', async () => {
  const checks = SCREENS.review.photo.checks.map((check) => ({ ...check, verdict: 'pass' as const }));
  await show({ ...SCREENS.review, photo: { ...SCREENS.review.photo, checks } });
  expect(screen.queryByTestId('ask-override')).toBeNull();
});

test('the review says which frame was chosen and why, or that it was a file', async () => {
  await show(SCREENS.review);
  expect(screen.getByTestId('origin').textContent).toBe('连拍 8 张，选用第 6 张：眼睛睁得最好、最清晰');
  glass.become({ ...SCREENS.review, photo: { ...SCREENS.review.photo, burst: null, source: 'file' } });
  await waitFor(() => expect(screen.getByTestId('origin').textContent).toContain('导入的文件'));
});

test('a file becomes the shot of the open visit, and the glass goes back to the student', async () => {
  await show(SCREENS.framing);
  const imported = vi.spyOn(desk, 'importShot');
  click('operator');
  await screen.findByTestId('screen-visit');
  await choose(new File([new Uint8Array([0xff, 0xd8, 1])], 'me.jpg', { type: 'image/jpeg' }));
  await waitFor(() => expect(screen.getByTestId('import-zone').textContent).toContain('me.jpg'));
  await screen.findByTestId('screen-framing', undefined, { timeout: 2_000 });
  expect(imported).toHaveBeenCalledWith(SCREENS.framing.session, new Uint8Array([0xff, 0xd8, 1]));
  expect((await desk.access()).unlocked).toBe(false);
});

test('a file that is no picture is refused before and after it was read', async () => {
  await show(SCREENS.framing);
  const imported = vi.spyOn(desk, 'importShot');
  click('operator');
  await screen.findByTestId('screen-visit');
  await choose(new File(['x'], 'list.pdf', { type: 'application/pdf' }));
  expect((await screen.findByTestId('import-refused')).textContent).toContain('list.pdf');
  expect(imported).not.toHaveBeenCalled();
  await choose(new File(['no picture'], 'fake.png', { type: 'image/png' }));
  expect((await screen.findByTestId('import-fault', undefined, { timeout: 2_000 })).dataset.fault).toBe('image_unreadable');
  expect(screen.queryByTestId('import-refused')).toBeNull();
});

test('without a visit before the camera there is nothing to import into', async () => {
  await show(SCREENS.scanning);
  click('operator');
  await screen.findByTestId('screen-orders');
  click('nav-visit');
  await screen.findByTestId('no-visit');
  expect(screen.queryByTestId('import-file')).toBeNull();
});

test('what a file must be', () => {
  expect(['image/jpeg', 'image/png', 'image/webp', 'image/heic', ''].map((type) => unfit({ type, size: 9 }))).toEqual([null, null, null, 'type', 'type']);
  expect([0, 40_000_000, 40_000_001].map((size) => unfit({ type: 'image/png', size }))).toEqual(['empty', null, 'large']);
});
