import { render, screen, waitFor, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import App from '../../App.svelte';
import { FakeKiosk } from '../../ipc/fake';

const click = (testid: string): void => screen.getByTestId(testid).click();

async function open(): Promise<FakeKiosk> {
  const kiosk = new FakeKiosk({ unlocked: true, automatic: false });
  render(App, { backend: kiosk });
  (await screen.findByTestId('alarm-bell')).click();
  await screen.findByTestId('alarm-2');
  return kiosk;
}

test('an alarm shows both orders side by side, masked, and what may be behind it', async () => {
  await open();
  const document = screen.getByTestId('alarm-2');
  expect(document.textContent).toContain('同一证件号码');
  expect(document.textContent).toContain('别人的采集码');
  expect(screen.getByTestId('alarm-1').textContent).toContain('长得像');
  for (const number of ['261121-A038', '261121-A009']) {
    const order = within(document).getByTestId(`alarm-order-${number}`);
    expect(order.textContent).toMatch(/999999\*{8}\d{3}[\dX]/);
    expect(order.textContent).toContain('测试');
  }
});

test('looked into, it is gone from the list and from the bell; the last leaves its place in order', async () => {
  const kiosk = await open();
  const see = vi.spyOn(kiosk.operator, 'seeAlarm');
  click('alarm-seen-2');
  await waitFor(() => expect(screen.queryByTestId('alarm-2')).toBeNull());
  await waitFor(() => expect(screen.getByTestId('nav-alarms').textContent).toContain('1'));
  click('alarm-seen-1');
  await screen.findByTestId('no-alarms');
  expect(see.mock.calls).toEqual([[2], [1]]);
  click('nav-orders');
  await waitFor(() => expect(screen.queryByTestId('nav-alarms')).toBeNull());
});

test('an order of an alarm opens with its detail, and its likeness is a hint', async () => {
  await open();
  click('alarm-open-261121-A038');
  const detail = await screen.findByTestId('order-detail');
  expect(detail.textContent).toContain('261121-A038');
  expect(screen.getByTestId<HTMLInputElement>('find').value).toBe('261121-A038');
  const likeness = within(detail).getByTestId('likeness');
  expect(likeness.dataset.likeness).toBe('unlike');
  expect(likeness.textContent).toContain('仅供参考');
});

test('a photo that was not compared says nothing about it', async () => {
  const kiosk = await open();
  const [row] = (await kiosk.operator.orders({ find: 'A035', states: [], unpaid: false, day: null, after: null, limit: 1 })).rows;
  expect(row?.likeness).toBeNull();
  click('nav-orders');
  (await screen.findByTestId('open-261121-A035')).click();
  await screen.findByTestId('order-detail');
  expect(screen.queryByTestId('likeness')).toBeNull();
});

test('a list that cannot be read is said', async () => {
  const kiosk = await open();
  kiosk.operator.alarms = () => Promise.reject({ code: 'store_busy', detail: '' });
  click('alarm-seen-2');
  expect((await screen.findByTestId('fault')).dataset.fault).toBe('store_busy');
});
