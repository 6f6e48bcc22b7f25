import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import App from '../../App.svelte';
import { FakeDesk } from '../../ipc/fake/desk';
import { GlassBackend, SCREENS } from '../../test/glass';

const click = (testid: string): void => screen.getByTestId(testid).click();

async function choose(bytes: string): Promise<void> {
  const file = new File([bytes], '名单.xlsx');
  await fireEvent.change(await screen.findByTestId('roster-file'), { target: { files: [file] } });
}

async function open(): Promise<void> {
  render(App, { backend: Object.assign(new GlassBackend(SCREENS.scanning), { operator: new FakeDesk({ unlocked: true }) }) });
  await screen.findByTestId('screen-scanning');
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F10' }));
  await screen.findByTestId('screen-orders');
  click('nav-roster');
  await screen.findByTestId('roster-zone');
}

test('a list is shown before it is imported, with every bad line in words', async () => {
  await open();
  await choose('a list');
  await screen.findByTestId('roster-preview');
  expect(screen.getByTestId('roster-students').textContent).toBe('86');
  const bad = screen.getAllByTestId('roster-bad-line').map((line) => line.textContent);
  expect(bad[0]).toContain('17');
  expect(bad[0]).toContain('校验位不对');
  expect(bad[1]).toContain('与第 8 行重复');
  click('roster-confirm');
  await screen.findByTestId('roster-progress');
  await screen.findByTestId('roster-classes', {}, { timeout: 5_000 });
  expect(screen.getAllByTestId('roster-class')).toHaveLength(3);
});

test('missing and captured students are listed by class', async () => {
  await open();
  await choose('a list');
  await screen.findByTestId('roster-preview');
  click('roster-confirm');
  await screen.findByTestId('roster-classes', {}, { timeout: 5_000 });
  await waitFor(() => expect(screen.getAllByTestId('roster-student')).toHaveLength(57));
  screen.getAllByTestId('roster-class')[0]?.click();
  await waitFor(() => expect(screen.getAllByTestId('roster-student')).toHaveLength(20));
  click('roster-captured');
  await waitFor(() => expect(screen.getAllByTestId('roster-student')).toHaveLength(10));
  expect(screen.getAllByTestId('roster-student')[0]?.textContent).toContain('261121-A001');
});

test('what is no list is said', async () => {
  await open();
  await choose('');
  expect((await screen.findByTestId('roster-fault')).dataset.fault).toBe('list_unreadable');
});
