import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';

import App from '../../App.svelte';
import { FakeDesk } from '../../ipc/fake/desk';
import { GlassBackend, SCREENS } from '../../test/glass';

let desk: FakeDesk;

async function open(backend = new GlassBackend(SCREENS.scanning)): Promise<GlassBackend> {
  desk = new FakeDesk({ unlocked: true });
  render(App, { backend: Object.assign(backend, { operator: desk }) });
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10' }));
  return backend;
}

const click = (testid: string): void => screen.getByTestId(testid).click();

async function openOrder(number: string): Promise<void> {
  await screen.findByTestId(`order-${number}`);
  click(`open-${number}`);
  await screen.findByTestId('due');
}

beforeEach(() => vi.restoreAllMocks());

test('a price is taken on the page of its order, and given back by a second press', async () => {
  await open();
  await openOrder('261121-A038');
  expect(screen.getByTestId('owing-261121-A038').textContent).toBe('未付');
  expect(screen.getByTestId('due').textContent).toContain('¥20.00');
  click('pay-wechat');
  await screen.findByTestId('paid');
  await waitFor(() => expect(screen.queryByTestId('owing-261121-A038')).toBeNull());
  expect(screen.getByTestId('entry-wechat').textContent).toContain('¥20.00');
  click('refund-wechat');
  await waitFor(() => expect(screen.getByTestId('refund-wechat').textContent).toContain('确认'));
  expect(screen.queryByTestId('due')).toBeNull();
  click('refund-wechat');
  await screen.findByTestId('due');
});

test('a waiver says why', async () => {
  await open();
  await openOrder('261121-A037');
  const take = vi.spyOn(desk, 'takePayment');
  click('waive');
  (await screen.findByTestId('waive-hardship')).click();
  await screen.findByTestId('paid');
  expect(take).toHaveBeenCalledWith({ order: '261121-A037', kind: 'waived', fen: 2_000, reason: 'hardship' });
});

test('a returned order keeps its reasons', async () => {
  await open();
  await openOrder('261121-A037');
  click('return');
  await screen.findByTestId('return-dialog');
  click('reason-eyes_open');
  click('reason-hair_over_brows');
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('return-submit').disabled).toBe(false));
  click('return-submit');
  const said = await screen.findByTestId('review-returned');
  expect(screen.queryByTestId('return-dialog')).toBeNull();
  expect(said.textContent).toContain('；');
  expect((await desk.orderDesk('261121-A037')).reviews[0]?.reasons).toEqual(['eyes_open', 'hair_over_brows']);
});

test('what is unpaid is listed, and settled at the end of the day', async () => {
  await open();
  await openOrder('261121-A038');
  click('pay-cash');
  await screen.findByTestId('paid');
  click('filter-unpaid');
  await waitFor(() => expect(screen.queryByTestId('order-261121-A038')).toBeNull());
  click('nav-settlement');
  await waitFor(() => expect(screen.getByTestId('settlement-taken').textContent).toBe('¥20.00'));
  expect(screen.getByTestId('settlement-orders').textContent).toContain('37');
  click('settle');
  await waitFor(() => expect(screen.getByTestId('settlement-files').textContent).toContain('settlement-20261121.xlsx'));
});

test('a copy of the order log goes into a folder that is named', async () => {
  await open();
  await screen.findByTestId('order-261121-A038');
  click('nav-settlement');
  const folder = await screen.findByTestId<HTMLInputElement>('backup-folder');
  expect(screen.getByTestId<HTMLButtonElement>('back-up').disabled).toBe(true);
  folder.value = '/media/usb';
  folder.dispatchEvent(new Event('input', { bubbles: true }));
  await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('back-up').disabled).toBe(false));
  click('back-up');
  await waitFor(() => expect(screen.getByTestId('backup-made').textContent).toContain('38'), { timeout: 2_000 });
});

test('where the price is taken first, the sitter reads it and the desk takes it', async () => {
  const backend = new GlassBackend({ ...SCREENS.framing, to_pay: 1_500 });
  desk = new FakeDesk({ unlocked: true });
  const pay = vi.spyOn(desk, 'payVisit').mockResolvedValue();
  render(App, { backend: Object.assign(backend, { operator: desk }) });
  expect((await screen.findByTestId('to-pay')).textContent).toContain('¥15.00');
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10' }));
  await screen.findByTestId('due');
  click('pay-alipay');
  await waitFor(() => expect(pay).toHaveBeenCalledWith({ session: SCREENS.framing.session, kind: 'alipay', reason: null }));
  backend.become(SCREENS.framing);
  await waitFor(() => expect(screen.queryByTestId('due')).toBeNull());
});

test('who paid and left is in the settlement, and gets the money back there', async () => {
  desk = new FakeDesk({ unlocked: true, visit: { override: () => undefined, import: () => undefined, pay: () => undefined } });
  await desk.payVisit({ session: 'left', kind: 'cash', reason: null });
  render(App, { backend: Object.assign(new GlassBackend(SCREENS.scanning), { operator: desk }) });
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10' }));
  (await screen.findByTestId('nav-settlement')).click();
  expect((await screen.findByTestId('settlement-unclaimed')).textContent).toContain('¥20.00');
  click('refund-cash');
  await waitFor(() => expect(screen.getByTestId('refund-cash').textContent).toContain('确认'));
  click('refund-cash');
  await waitFor(() => expect(screen.queryByTestId('refund-cash')).toBeNull());
  expect(screen.getAllByTestId('entry-cash')).toHaveLength(2);
  expect(screen.getByTestId('settled-cash').textContent).toContain('1 笔 ¥20.00');
});
