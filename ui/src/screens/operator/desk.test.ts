import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';

import App from '../../App.svelte';
import { FakeDesk } from '../../ipc/fake/desk';
import { GlassBackend, SCREENS } from '../../test/glass';
import { byteText, timeLeft } from './bytes';
import { isPin } from './pin';

let desk: FakeDesk;

async function open(unlocked: boolean): Promise<void> {
  desk = new FakeDesk({ unlocked });
  render(App, { backend: Object.assign(new GlassBackend(SCREENS.scanning), { operator: desk }) });
  await screen.findByTestId('screen-scanning');
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10' }));
  await screen.findByTestId(unlocked ? 'screen-orders' : 'screen-access');
}

const click = (testid: string): void => screen.getByTestId(testid).click();

async function enter(pin: string): Promise<void> {
  for (const digit of pin) click(`key-${digit}`);
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('pin').value).toBe(pin));
  click('pin-submit');
  await waitFor(() => expect(screen.queryByTestId<HTMLInputElement>('pin')?.value ?? '').toBe(''));
}

beforeEach(() => vi.restoreAllMocks());

test('the first visit chooses a PIN twice; a slip starts over', async () => {
  await open(false);
  await enter('2468');
  await enter('2469');
  expect(screen.getByTestId('screen-access').textContent).toContain('不一致');
  await enter('2468');
  await enter('2468');
  await screen.findByTestId('screen-orders');
  expect(await desk.access()).toMatchObject({ pin_set: true, unlocked: true, on_duty: { role: 'manager' } });
});

test('a wrong PIN is said and the right one opens', async () => {
  await open(true);
  click('lock');
  await screen.findByTestId('screen-scanning');
  click('operator');
  await screen.findByTestId('screen-access');
  await enter('1111');
  expect((await screen.findByTestId('fault')).dataset.fault).toBe('pin_wrong');
  await enter('246810');
  await screen.findByTestId('screen-orders');
});

test('orders are found, filtered and shown with their photo and a masked number', async () => {
  await open(true);
  await screen.findByTestId('order-261121-A038');
  click('filter-returned');
  await waitFor(() => expect(screen.queryByTestId('order-261121-A038')).toBeNull());
  click('filter-all');
  const find = screen.getByTestId<HTMLInputElement>('find');
  find.value = 'A007';
  find.dispatchEvent(new Event('input', { bubbles: true }));
  await waitFor(() => expect(screen.getByTestId('orders-total').textContent).toBe('1–1 / 1'));
  click('open-261121-A007');
  const detail = await screen.findByTestId('order-detail');
  expect(detail.textContent).toMatch(/999999\*{8}/);
});

test('approving and returning change the order', async () => {
  await open(true);
  await screen.findByTestId('order-261121-A037');
  click('select-261121-A037');
  await screen.findByTestId('approve-selected');
  click('approve-selected');
  await waitFor(() => expect(screen.getByTestId('state-261121-A037').dataset.state).toBe('approved'));
  click('return-selected');
  await screen.findByTestId('return-dialog');
  expect(screen.getByTestId<HTMLButtonElement>('return-submit').disabled).toBe(true);
  click('reason-eyes_open');
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('return-submit').disabled).toBe(false));
  click('return-submit');
  await waitFor(() => expect(screen.getByTestId('state-261121-A037').dataset.state).toBe('returned'));
});

test('chosen orders become a sheet on the chosen paper', async () => {
  await open(true);
  const sheet = vi.spyOn(desk, 'sheet');
  await screen.findByTestId('order-261121-A037');
  click('select-261121-A037');
  click('select-261121-A030');
  await waitFor(() => expect(screen.getByTestId('selected-count').textContent).toContain('2'));
  click('make-sheet');
  await screen.findByTestId('screen-sheet');
  click('paper-a4');
  await waitFor(() => expect(screen.getByTestId('sheet-preview').getAttribute('aria-label')).toBe('210 × 297 mm'));
  const format = screen.getByTestId<HTMLSelectElement>('sheet-format');
  format.value = '25x35';
  format.dispatchEvent(new Event('change', { bubbles: true }));
  await waitFor(() => expect(screen.getByTestId('sheet-summary').textContent).toContain('2 人 · 10 张'));
  click('sheet-make');
  await waitFor(() => expect(screen.getByTestId('sheet-path').textContent).toContain('a4.pdf'), { timeout: 2_000 });
  const look = { paper: 'a4', format: '25x35', copies: 5, ganged: false, label: true, gap: 0 };
  expect(sheet).toHaveBeenCalledWith({ orders: ['261121-A037', '261121-A030'], look });
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('print').disabled).toBe(false));
  click('print');
  await waitFor(() => expect(screen.getByTestId('print-job').dataset.state).toBe('sent'), { timeout: 2_000 });
  expect(screen.getByTestId('print').textContent).toContain('重新打印');
  const printer = screen.getByTestId<HTMLSelectElement>('printer');
  printer.value = 'Office';
  printer.dispatchEvent(new Event('change', { bubbles: true }));
  await waitFor(() => expect(screen.getByTestId('printer-stopped').textContent).toContain('media-empty'));
  expect(screen.getByTestId<HTMLButtonElement>('print').disabled).toBe(true);
});

test('a delivery is planned, confirmed and verified', async () => {
  await open(true);
  await screen.findByTestId('order-261121-A037');
  click('select-261121-A037');
  await screen.findByTestId('make-delivery');
  click('make-delivery');
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('delivery-to').value).toBe('/media/kiosk/USB'));
  click('delivery-show-plan');
  await waitFor(() => expect(screen.getByTestId('delivery-folder').textContent).toBe('/media/kiosk/USB/261121-A'));
  click('delivery-confirm');
  await waitFor(() => expect(screen.getByTestId('delivery-made').dataset.good).toBe('true'), { timeout: 3_000 });
});

test('a whole class is chosen, planned against the list, watched and stopped; then it is continued', async () => {
  await open(true);
  click('nav-deliver');
  await screen.findByTestId('screen-delivery');
  const college = await screen.findByTestId<HTMLSelectElement>('delivery-college');
  await waitFor(() => expect(college.options.length).toBeGreaterThan(2));
  const name = college.options[1]!.value;
  college.value = name;
  college.dispatchEvent(new Event('change', { bubbles: true }));
  await waitFor(() => expect((screen.getAllByTestId('drive')[0]?.textContent ?? '')).toContain('USB'));
  const plan = vi.spyOn(desk, 'planDelivery');
  click('delivery-show-plan');
  await screen.findByTestId('delivery-plan');
  expect(plan.mock.calls[0]?.[0].choice).toMatchObject({ college: name, class: null, orders: [] });
  expect(screen.getByTestId('plan-absent').textContent).toBe('4');
  expect(screen.getByTestId('plan-absent-students').querySelectorAll('tr').length).toBe(4);
  click('delivery-confirm');
  await waitFor(() => expect(screen.getByTestId('delivery-progress').textContent).toMatch(/正在写入… \d+ \/ \d+/), { timeout: 2_000 });
  click('delivery-stop');
  expect((await screen.findByTestId('fault', {}, { timeout: 2_000 })).dataset.fault).toBe('delivery_stopped');
  click('delivery-confirm');
  await waitFor(() => expect(screen.getByTestId('made-absent').textContent).toContain('4'), { timeout: 4_000 });
});

test('what is written is what was shown: other orders meanwhile must be looked at first', async () => {
  await open(true);
  await screen.findByTestId('order-261121-A037');
  click('select-261121-A037');
  await screen.findByTestId('make-delivery');
  click('make-delivery');
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('delivery-show-plan').disabled).toBe(false));
  click('delivery-show-plan');
  await screen.findByTestId('delivery-plan');
  desk.deliver = async () => Promise.reject({ code: 'plan_changed', detail: '' });
  click('delivery-confirm');
  expect((await screen.findByTestId('fault')).dataset.fault).toBe('plan_changed');
  expect(screen.getByTestId<HTMLButtonElement>('delivery-confirm').disabled).toBe(true);
});

const type = (testid: string, text: string): void => {
  const field = screen.getByTestId<HTMLInputElement>(testid);
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
};
const showPlan = (): HTMLButtonElement => screen.getByTestId<HTMLButtonElement>('delivery-show-plan');

test('an encrypted zip asks for its passphrase twice, refuses a weak one, and never shows it again', async () => {
  await open(true);
  const plan = vi.spyOn(desk, 'planDelivery');
  click('nav-deliver');
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('delivery-to').value).toBe('/media/kiosk/USB'));
  click('medium-zip');
  await screen.findByTestId('passphrase');
  expect(showPlan().disabled).toBe(true);
  type('passphrase', '123456');
  type('passphrase-again', '12345x');
  await waitFor(() => expect(screen.getByTestId('passphrase-again').getAttribute('aria-invalid')).toBe('true'));
  expect(showPlan().disabled).toBe(true);
  type('passphrase-again', '123456');
  await waitFor(() => expect(showPlan().disabled).toBe(false));
  click('delivery-show-plan');
  expect((await screen.findByTestId('fault')).dataset.fault).toBe('passphrase_weak');
  click('suggest-passphrase');
  const suggested = (await screen.findByTestId('suggested')).textContent ?? '';
  expect(suggested).toMatch(/^(\d{4}-){5}\d{4}$/);
  await waitFor(() => expect(showPlan().disabled).toBe(false));
  click('delivery-show-plan');
  await waitFor(() => expect(screen.getByTestId('delivery-folder').textContent).toBe('/media/kiosk/USB/261121-A.zip'));
  expect(plan.mock.lastCall?.[0].medium).toEqual({ kind: 'zip', passphrase: suggested });
  click('delivery-confirm');
  await screen.findByTestId('made-zip', {}, { timeout: 4_000 });
  expect(document.body.textContent).not.toContain(suggested);
});

test('a disc is burned in the drive that has a blank one; burning cannot be stopped', async () => {
  await open(true);
  const deliver = vi.spyOn(desk, 'deliver');
  click('nav-deliver');
  await screen.findByTestId('medium-disc');
  click('medium-disc');
  await waitFor(() => expect(screen.getAllByTestId('burner').length).toBe(2));
  expect(screen.getAllByTestId<HTMLButtonElement>('burner').map((burner) => burner.disabled)).toEqual([false, true]);
  await waitFor(() => expect(showPlan().disabled).toBe(false));
  click('delivery-show-plan');
  await waitFor(() => expect(screen.getByTestId('delivery-folder').textContent).toContain('/dev/sr0'));
  click('delivery-confirm');
  await waitFor(() => expect(screen.getByTestId('delivery-progress').textContent).toContain('正在刻录'), { timeout: 2_000 });
  expect(screen.getByTestId<HTMLButtonElement>('delivery-stop').disabled).toBe(true);
  await waitFor(() => expect(screen.getByTestId('delivery-progress').textContent).toContain('回读'), { timeout: 2_000 });
  expect(screen.getByTestId<HTMLButtonElement>('delivery-stop').disabled).toBe(false);
  await waitFor(() => expect(screen.getByTestId('made-disc').textContent).toContain('PHOTOS_20261121'), { timeout: 4_000 });
  expect(deliver.mock.calls[0]?.[0]).toMatchObject({ to: '/dev/sr0', medium: { kind: 'disc' } });
});

test('a disc that is not blank any more stands in the way, and without a burner there is nothing to choose', async () => {
  await open(true);
  desk.burners = async () => [];
  click('nav-deliver');
  await screen.findByTestId('medium-disc');
  click('medium-disc');
  await screen.findByTestId('no-burner');
  expect(showPlan().disabled).toBe(true);
  desk.burners = async () => [{ id: '/dev/sr1', name: 'INVENTED', disc: 'blank', capacity_bytes: 700_000_000 }];
  click('look-for-burners');
  await waitFor(() => expect(showPlan().disabled).toBe(false));
  click('delivery-show-plan');
  expect((await screen.findByTestId('delivery-problem')).dataset.fault).toBe('disc_not_blank');
  expect(screen.getByTestId<HTMLButtonElement>('delivery-confirm').disabled).toBe(true);
});

test('an image is a file in the chosen folder; unpaid orders can be left out, with the reason', async () => {
  await open(true);
  const good = desk.planDelivery;
  desk.planDelivery = async (request) => ({
    ...(await good(request)),
    left_out: request.choice.paid_only ? [{ number: '261121-A002', state: 'approved', unpaid: true }] : [],
    not_on_disc: ['261121-A003'],
  });
  click('nav-deliver');
  await screen.findByTestId('medium-image');
  click('medium-image');
  click('delivery-paid');
  await waitFor(() => expect(showPlan().disabled).toBe(false));
  click('delivery-show-plan');
  await waitFor(() => expect(screen.getByTestId('delivery-folder').textContent).toBe('/media/kiosk/USB/261121-A.iso'));
  expect(screen.getByTestId('plan-left-out').textContent).toContain('261121-A002 未付');
  expect(screen.queryByTestId('plan-not-on-disc')).toBeNull();
  click('delivery-change');
  await screen.findByTestId('medium-folder');
  click('medium-folder');
  click('delivery-show-plan');
  await waitFor(() => expect(screen.getByTestId('plan-not-on-disc').textContent).toContain('261121-A003'));
});

test('a stick is let go of', async () => {
  await open(true);
  click('nav-deliver');
  click((await screen.findByTestId('eject')).dataset.testid!);
  await screen.findByTestId('ejected');
});

test('a plan with problems cannot be confirmed', async () => {
  await open(true);
  const good = desk.planDelivery;
  desk.planDelivery = async (request) => ({ ...(await good(request)), problems: [{ code: 'name_clash', detail: '261121-A001' }] });
  await screen.findByTestId('order-261121-A037');
  click('select-261121-A037');
  await screen.findByTestId('make-delivery');
  click('make-delivery');
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('delivery-show-plan').disabled).toBe(false));
  click('delivery-show-plan');
  expect((await screen.findByTestId('delivery-problem')).dataset.fault).toBe('name_clash');
  expect(screen.getByTestId<HTMLButtonElement>('delivery-confirm').disabled).toBe(true);
});

test('the rest of the time is no more exact than it is known', () => {
  expect([4, 12, 61, 100, 600].map(timeLeft)).toEqual(['4 秒', '15 秒', '65 秒', '2 分钟', '10 分钟']);
});

test('sizes are written as on the box, PINs are 4 to 12 digits', () => {
  expect([0, 999, 31_240, 1_562_000, 15_800_000_000].map(byteText)).toEqual(['0 B', '999 B', '31.2 KB', '1.6 MB', '15.8 GB']);
  expect(['123', '1234', '123456789012', '1234567890123', '12a4'].map(isPin)).toEqual([false, true, true, false, false]);
});
