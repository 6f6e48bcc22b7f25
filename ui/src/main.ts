import '@fontsource-variable/noto-sans-sc';
import './tokens.css';
import './base.css';

import { mount } from 'svelte';

import App from './App.svelte';
import { switchLanguage } from './i18n/language.svelte';
import type { Backend } from './ipc/backend';
import { inWindow, tauri } from './ipc/tauri';

const target = document.getElementById('app');
if (target !== null) {
  document.addEventListener('contextmenu', (event) => event.preventDefault());
  document.addEventListener('dragstart', (event) => event.preventDefault());
  // A file that misses its place must not replace the page.
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => event.preventDefault());
  mount(App, { target, props: { backend: await backend() } });
}

/** The kiosk behind the window, or an invented one in a plain browser. */
async function backend(): Promise<Backend> {
  if (inWindow()) return tauri;
  const { FakeKiosk, optionsFromAddress } = await import('./ipc/fake');
  if (new URLSearchParams(location.search).get('lang') === 'en') switchLanguage();
  return new FakeKiosk(optionsFromAddress(location.search));
}
