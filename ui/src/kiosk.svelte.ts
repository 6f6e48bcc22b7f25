import { createContext } from 'svelte';

import { asFault, type Backend } from './ipc/backend';
import type { Fault } from './ipc/generated/Fault';
import type { Intent } from './ipc/generated/Intent';
import type { KioskView } from './ipc/generated/KioskView';
import type { Notice } from './ipc/generated/Notice';

const RETRY_MS = 1_000;
/** Touching tells the kiosk that somebody is there; so often is often enough. */
const TOUCH_MS = 3_000;
/** How long a wish that was not granted is explained. */
const REFUSED_MS = 5_000;

/** The kiosk as the window sees it: one whole view, replaced whenever the kiosk says so. */
export class Kiosk {
  readonly backend: Backend;
  /** What is on the glass; `null` until the kiosk answers. */
  view = $state.raw<KioskView | null>(null);
  /** What people agree to; there before the first view is. */
  notice = $state.raw<Notice | null>(null);
  /** Why the last wish was not granted, for a while. */
  refused = $state.raw<Fault | null>(null);
  /** Set while the program behind the window does not answer. */
  silent = $state(false);

  #touched = 0;
  #end: (() => void) | null = null;
  #ended = false;

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Follows the kiosk until {@link disconnect}; keeps trying while it does not answer. */
  async connect(): Promise<void> {
    while (!this.#ended) {
      try {
        this.notice ??= await this.backend.notice();
        this.#end ??= await this.backend.onView((view) => this.#show(view));
        this.#show(await this.backend.view());
        return;
      } catch {
        this.silent = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  disconnect(): void {
    this.#ended = true;
    this.#end?.();
    this.#end = null;
  }

  async send(intent: Intent): Promise<void> {
    try {
      await this.backend.send(intent);
    } catch (thrown) {
      const fault = asFault(thrown);
      this.refused = fault;
      setTimeout(() => {
        if (this.refused === fault) this.refused = null;
      }, REFUSED_MS);
    }
  }

  /** Somebody is there. Sent sparingly, and only while a visit is under way. */
  touch(now = Date.now()): void {
    const screen = this.view?.session.screen;
    if (screen === undefined || screen === 'scanning' || screen === 'done' || now - this.#touched < TOUCH_MS) return;
    this.#touched = now;
    void this.send({ intent: 'touch' });
  }

  #show(view: KioskView): void {
    this.view = view;
    this.silent = false;
  }
}

export const [useKiosk, provideKiosk] = createContext<Kiosk>();
