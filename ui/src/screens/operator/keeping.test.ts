import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';

import App from '../../App.svelte';
import { FakeDesk } from '../../ipc/fake/desk';
import { GlassBackend, SCREENS } from '../../test/glass';

let desk: FakeDesk;

const click = (testid: string): void => screen.getByTestId(testid).click();

async function type(testid: string, text: string): Promise<void> {
  const input = screen.getByTestId<HTMLInputElement>(testid);
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>(testid).value).toBe(text));
}

beforeEach(async () => {
  desk = new FakeDesk({ unlocked: true });
  render(App, { backend: Object.assign(new GlassBackend(SCREENS.scanning), { operator: desk }) });
  await screen.findByTestId('screen-scanning');
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10' }));
  await screen.findByTestId('screen-orders');
});

test('what is due is deleted after a second question, and the certificate is named', async () => {
  click('nav-keeping');
  await waitFor(() => expect(screen.getAllByTestId('batch')).toHaveLength(3));
  click('purge');
  await screen.findByTestId('purge-confirm');
  expect(screen.queryByTestId('purge-made')).toBeNull();
  click('purge-confirm');
  const made = await screen.findByTestId('purge-made');
  expect(made.textContent).toContain('312');
  expect(made.textContent).toContain('purge-20261121-101500.txt');
  await waitFor(() => expect(screen.getAllByTestId('batch')).toHaveLength(2));
  expect(screen.queryByTestId('purge')).toBeNull();
});

test('the recovery code is shown once, and again only when asked for', async () => {
  click('nav-keeping');
  await screen.findByTestId('recovery-show');
  click('recovery-show');
  const code = await screen.findByTestId('recovery-code');
  expect(code.textContent.split(/[^0-9]+/).filter((group) => group.length === 6)).toHaveLength(16);
  click('recovery-done');
  await screen.findByTestId('recovery-again');
  expect(screen.queryByTestId('recovery-code')).toBeNull();
});

test('somebody who is added can log in, and does not see what is for managers', async () => {
  click('nav-keeping');
  await screen.findByTestId('staff');
  await type('staff-name', '小王');
  await type('staff-pin', '2580');
  click('staff-save');
  await screen.findByTestId('person-小王');
  click('lock');
  await screen.findByTestId('screen-scanning');
  click('operator');
  await screen.findByTestId('screen-access');
  click('who-小王');
  for (const digit of '2580') click(`key-${digit}`);
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('pin').value).toBe('2580'));
  click('pin-submit');
  await screen.findByTestId('screen-orders');
  expect(screen.getByTestId('on-duty').textContent).toBe('小王');
  expect(screen.queryByTestId('nav-keeping')).toBeNull();
  await screen.findByTestId('order-261121-A037');
  click('select-261121-A037');
  await screen.findByTestId('return-selected');
  click('return-selected');
  await screen.findByTestId('return-dialog');
  await type('return-words', '重拍');
  click('return-submit');
  expect((await screen.findByTestId('fault')).dataset.fault).toBe('manager_needed');
});

test('the last manager cannot be removed', async () => {
  click('nav-keeping');
  await screen.findByTestId('staff');
  click('remove-店长');
  expect((await screen.findByTestId('fault')).dataset.fault).toBe('operator_name_unusable');
  click('remove-小李');
  await waitFor(() => expect(screen.queryByTestId('person-小李')).toBeNull());
});
