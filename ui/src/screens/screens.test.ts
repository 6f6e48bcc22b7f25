import { render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import App from '../App.svelte';
import { CHECKS } from '../checks';
import { FAULTS } from '../faults';
import { NOTICE } from '../ipc/fake/notice';
import type { Intent } from '../ipc/generated/Intent';
import type { KioskView } from '../ipc/generated/KioskView';
import type { SessionView } from '../ipc/generated/SessionView';
import { GlassBackend, RECORD, SCREENS } from '../test/glass';

let glass: GlassBackend;

beforeEach(() => {
  glass = new GlassBackend(SCREENS.scanning);
});
afterEach(() => vi.useRealTimers());

async function show(view: SessionView): Promise<void> {
  glass = new GlassBackend(view);
  render(App, { backend: glass });
  await screen.findByTestId(`screen-${view.screen}`);
}

const click = (testid: string): void => screen.getByTestId(testid).click();
const type = (testid: string, text: string): void => {
  const input = screen.getByTestId<HTMLInputElement>(testid);
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
};
const sent = (): Intent[] => glass.intents;

describe('every screen', () => {
  test.each(Object.values(SCREENS).map((view) => [view.screen, view] as const))('%s is drawn in both languages and is marked as simulated', async (name, view) => {
    await show(view);
    expect(screen.getByTestId('not-real').textContent).toContain('模拟影棚');
    const chinese = document.body.textContent;
    click('language');
    await waitFor(() => expect(screen.getByTestId('not-real').textContent).toContain('Simulated studio'));
    expect(document.body.textContent).not.toBe(chinese);
    expect(screen.getByTestId(`screen-${name}`)).toBeTruthy();
  });

  test('a real camera carries no mark', async () => {
    glass = new GlassBackend(SCREENS.scanning, { camera: { kind: 'webcam', label: 'C920', fault: null } });
    render(App, { backend: glass });
    await screen.findByTestId('screen-scanning');
    expect(screen.queryByTestId('not-real')).toBeNull();
  });

  test('a camera that is gone is said on the screens that need one', async () => {
    await show(SCREENS.framing);
    expect(screen.queryByTestId('camera-fault')).toBeNull();
    glass.become(SCREENS.framing, { camera: { kind: 'webcam', label: '', fault: { code: 'camera_unplugged', detail: '' } } });
    const banner = await screen.findByTestId('camera-fault');
    expect(banner.textContent).toContain(FAULTS['zh-CN'].camera_unplugged.remedy);
    glass.become(SCREENS.framing);
    await waitFor(() => expect(screen.queryByTestId('camera-fault')).toBeNull());
  });

  test('leaving asks once more', async () => {
    await show(SCREENS.review);
    click('leave');
    await screen.findByTestId('leave-dialog');
    expect(sent()).toEqual([]);
    click('leave-confirm');
    expect(sent()).toEqual([{ intent: 'leave' }]);
  });

  test('time is mentioned only when little is left', async () => {
    await show({ ...SCREENS.framing, seconds_left: 16 });
    expect(screen.queryByTestId('countdown')).toBeNull();
    glass.become({ ...SCREENS.framing, seconds_left: 15 });
    await screen.findByTestId('countdown');
    click('still-here');
    expect(sent()).toEqual([{ intent: 'touch' }]);
  });

  test('the next person starts in Chinese', async () => {
    await show(SCREENS.done);
    click('language');
    await waitFor(() => expect(document.documentElement.lang).toBe('en'));
    glass.become(SCREENS.scanning);
    await waitFor(() => expect(document.documentElement.lang).toBe('zh-CN'));
  });

  test('a kiosk that does not answer yet is no blank screen', async () => {
    vi.useFakeTimers();
    const late = new GlassBackend(SCREENS.scanning);
    const answer = late.view;
    late.view = () => Promise.reject(new Error('not yet'));
    render(App, { backend: late });
    await vi.advanceTimersByTimeAsync(10);
    expect(screen.getByTestId('starting').textContent).toContain('无法连接');
    late.view = answer;
    await vi.advanceTimersByTimeAsync(1_100);
    expect(screen.getByTestId('screen-scanning')).toBeTruthy();
  });
});

describe('identifying', () => {
  test('sends what was typed, and nothing before it is complete', async () => {
    await show(SCREENS.identifying);
    click('identify');
    expect(sent()).toEqual([]);
    type('last-four', '002X');
    type('id-number', '11010519491231002X');
    type('student-number', 'T2026001');
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('identify').disabled).toBe(false));
    click('identify');
    expect(sent()).toEqual([
      { intent: 'identify', last_four: '002X', id_number: '11010519491231002X', student_number: 'T2026001', name: '' },
    ]);
  });

  test('the keypad types into the field that was touched last', async () => {
    await show(SCREENS.identifying);
    screen.getByTestId('id-number').focus();
    click('key-letters');
    await screen.findByTestId('key-H');
    for (const key of ['key-H', 'key-(', 'key-)', 'key-erase']) {
      click(key);
      await Promise.resolve();
    }
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('id-number').value).toBe('H('));
    expect(screen.getByTestId<HTMLInputElement>('last-four').value).toBe('');
  });

  test('the invented student is filled in with one touch, and only when there is one', async () => {
    await show(SCREENS.identifying);
    expect(screen.getByTestId('demo').textContent).toContain('模拟');
    click('demo-fill');
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('id-number').value).toBe('999999200401010010'));
    glass.become(SCREENS.identifying, { demo: null });
    await waitFor(() => expect(screen.queryByTestId('demo')).toBeNull());
  });

  test('a wrong try is explained beside what was typed, which stays', async () => {
    await show(SCREENS.identifying);
    type('id-number', '110105194912310021');
    glass.become({ ...SCREENS.identifying, fault: { code: 'id_number_invalid', detail: '' }, tries_left: 3 });
    expect((await screen.findByTestId('fault')).textContent).toContain(FAULTS['zh-CN'].id_number_invalid.title);
    expect(screen.getByTestId('tries-left').textContent).toContain('3');
    expect(screen.getByTestId('id-number').getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByTestId<HTMLInputElement>('id-number').value).toBe('110105194912310021');
  });

  test('nothing that was typed is left for the next visit', async () => {
    await show(SCREENS.identifying);
    type('id-number', '11010519491231002X');
    glass.become({ ...SCREENS.identifying, session: 'another' });
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('id-number').value).toBe(''));
  });

  test('a new photo for an order is said to be one', async () => {
    await show(SCREENS.identifying);
    expect(screen.queryByTestId('retake-of')).toBeNull();
    glass.become({ ...SCREENS.identifying, retake_of: '261121-A007' });
    const note = (await screen.findByTestId('retake-of')).textContent;
    expect(note).toContain('261121-A007');
    expect(note).toContain('不再收费');
  });

  test('another code in between costs no try', async () => {
    await show({ ...SCREENS.identifying, fault: { code: 'code_changed', detail: '' } });
    expect(screen.getByTestId('fault').textContent).toContain(FAULTS['zh-CN'].code_changed.title);
    expect(screen.queryByTestId('tries-left')).toBeNull();
  });

  test('a code that tells nothing says so', async () => {
    const nothing = { name: null, student_number: null, last_four: null, school: null, college: null, class: null, level: null };
    await show({ ...SCREENS.identifying, record: nothing });
    expect(screen.queryByTestId('record')).toBeNull();
    expect(screen.getByTestId('screen-identifying').textContent).toContain('没有可显示的信息');
  });
});

describe('consenting', () => {
  const ticked = (testid: string): boolean => screen.getByTestId<HTMLInputElement>(testid).checked;
  const mayAgree = (): boolean => !screen.getByTestId<HTMLButtonElement>('agree').disabled;

  test("the studio's own notice is shown, in the language on the glass", async () => {
    await show(SCREENS.consenting);
    const shown = (): string => screen.getByTestId('notice').textContent;
    for (const { title, body } of NOTICE.zh.parts) expect(shown()).toContain(`${title} ${body}`);
    expect(screen.getByTestId('notice-version').textContent).toContain(NOTICE.version);
    expect(screen.getByTestId('notice-version').textContent).toContain(NOTICE.studio);
    click('language');
    await waitFor(() => expect(shown()).toContain(NOTICE.en.parts[0]?.body));
    expect(shown()).not.toContain(NOTICE.zh.parts[0]?.body);
  });

  test('nobody agrees before the face data is ticked apart, and nothing else is asked of a grown-up', async () => {
    await show(SCREENS.consenting);
    expect(ticked('tick-face-data')).toBe(false);
    expect(screen.queryByTestId('tick-guardian')).toBeNull();
    expect(screen.queryByTestId('tick-comparison')).toBeNull();
    click('agree');
    expect(sent()).toEqual([]);
    expect(screen.getByTestId('missing').textContent).toContain('人脸信息');
    click('tick-face-data');
    await waitFor(() => expect(mayAgree()).toBe(true));
    expect(screen.getByTestId('missing').textContent).toBe('');
    click('agree');
    expect(sent()).toEqual([{ intent: 'consent', face_data: true, guardian: false, comparison: false }]);
  });

  test("for a child a guardian's tick is required as well", async () => {
    await show({ ...SCREENS.consenting, guardian: 'needed' });
    click('tick-face-data');
    await waitFor(() => expect(screen.getByTestId('missing').textContent).toContain('监护人'));
    expect(mayAgree()).toBe(false);
    click('tick-guardian');
    await waitFor(() => expect(mayAgree()).toBe(true));
    click('agree');
    expect(sent()).toEqual([{ intent: 'consent', face_data: true, guardian: true, comparison: false }]);
  });

  test('where the document does not tell the age, a guardian may tick; so may who wants the comparison', async () => {
    await show({ ...SCREENS.consenting, guardian: 'offered', comparison: true });
    expect([ticked('tick-guardian'), ticked('tick-comparison')]).toEqual([false, false]);
    click('tick-face-data');
    await waitFor(() => expect(mayAgree()).toBe(true));
    click('tick-comparison');
    click('agree');
    expect(sent()).toEqual([{ intent: 'consent', face_data: true, guardian: false, comparison: true }]);
  });

  test("nobody's ticks are left for the next visit", async () => {
    await show(SCREENS.consenting);
    click('tick-face-data');
    glass.become({ ...SCREENS.consenting, session: 'another' });
    await waitFor(() => expect(ticked('tick-face-data')).toBe(false));
    expect(mayAgree()).toBe(false);
  });
});

describe('the rest of a visit', () => {
  test('declining leaves', async () => {
    await show(SCREENS.consenting);
    click('decline');
    expect(sent()).toEqual([{ intent: 'leave' }]);
  });

  test('one instruction with its picture, and the shutter beside the name', async () => {
    await show(SCREENS.framing);
    const instruction = screen.getByTestId('instruction');
    expect(instruction.textContent).toContain('向左移');
    expect(instruction.querySelector('[data-pictogram]')?.getAttribute('data-pictogram')).toBe('move_left');
    expect(screen.getByTestId('record-name').textContent).toBe(RECORD.name);
    click('shutter');
    expect(sent()).toEqual([{ intent: 'shutter' }]);
  });

  test('a photo that falls short names what to mend first, and cannot be taken', async () => {
    await show({ ...SCREENS.review, may_accept: false, photo: { ...SCREENS.review.photo, meets_standard: false } });
    expect(screen.getByTestId('problem-roll').textContent).toContain(CHECKS['zh-CN'].roll.remedy);
    expect(screen.getByTestId<HTMLButtonElement>('accept').disabled).toBe(true);
    click('retake');
    expect(sent()).toEqual([{ intent: 'retake' }]);
  });

  test('the measures can be taken off the photo', async () => {
    await show(SCREENS.review);
    expect(screen.getByTestId('measures')).toBeTruthy();
    click('toggle-measures');
    await waitFor(() => expect(screen.queryByTestId('measures')).toBeNull());
  });

  test('every check is listed with its verdict', async () => {
    await show(SCREENS.review);
    click('show-checks');
    const list = await screen.findByTestId('all-checks');
    expect(within(list).getByTestId('check-roll').dataset.verdict).toBe('fail');
    expect(within(list).getByTestId('check-gaze').dataset.verdict).toBe('unknown');
  });

  test('while the order is written nobody can leave, unless the order log is late', async () => {
    await show(SCREENS.committing);
    expect(screen.queryByTestId('leave')).toBeNull();
    expect(screen.queryByTestId('leave-late')).toBeNull();
    glass.become({ ...SCREENS.committing, fault: { code: 'store_busy', detail: '' } });
    await screen.findByTestId('leave-late');
  });

  test('the order number is what stays', async () => {
    await show(SCREENS.done);
    expect(screen.getByTestId('order-number').textContent).toBe('261121-A007');
    click('finish');
    expect(sent()).toEqual([{ intent: 'leave' }]);
  });
});

test('touching is told to the kiosk, sparingly, and not on the start screen', async () => {
  const tap = (): boolean => window.dispatchEvent(new Event('pointerdown'));
  await show(SCREENS.consenting);
  tap();
  tap();
  expect(sent()).toEqual([{ intent: 'touch' }]);
  glass.become(SCREENS.scanning satisfies KioskView['session']);
  await screen.findByTestId('screen-scanning');
  glass.intents = [];
  tap();
  expect(sent()).toEqual([]);
});

test('a code whose photo is done names its order', async () => {
  await show({ ...SCREENS.scanning, fault: { code: 'already_photographed', detail: '261121-A007' } });
  const said = screen.getByTestId('fault').textContent;
  expect(said).toContain('订单 261121-A007');
  expect(said).toContain('工作人员');
  click('language');
  await waitFor(() => expect(screen.getByTestId('fault').textContent).toContain('order 261121-A007'));
});

test('what has to be looked into rings quietly, and leads the staff there', async () => {
  await show(SCREENS.scanning);
  expect(screen.queryByTestId('alarm-bell')).toBeNull();
  glass.become(SCREENS.scanning, { alarms: 3 });
  expect((await screen.findByTestId('alarm-bell')).textContent.trim()).toBe('3');
  click('alarm-bell');
  await screen.findByTestId('screen-access');
});
