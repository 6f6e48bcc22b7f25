import '@fontsource-variable/noto-sans-sc';
import './tokens.css';
import './base.css';

import { mount } from 'svelte';

import App from './App.svelte';
import type { Backend } from './ipc/backend';
import { inWindow, tauri } from './ipc/tauri';

const target = document.getElementById('app');
if (target !== null) {
  document.addEventListener('contextmenu', (event) => event.preventDefault());
  document.addEventListener('dragstart', (event) => event.preventDefault());
  mount(App, { target, props: { backend: await backend() } });
}

/** The kiosk behind the window, or an invented one in a plain browser. */
async function backend(): Promise<Backend> {
  if (inWindow()) return tauri;
  const { FakeKiosk, optionsFromAddress } = await import('./ipc/fake');
  return new FakeKiosk(optionsFromAddress(location.search));
}
