import type { Backend } from '../ipc/backend';
import { FakeDesk } from '../ipc/fake/desk';
import { NOTICE } from '../ipc/fake/notice';
import { photoView } from '../ipc/fake/checks';
import type { Intent } from '../ipc/generated/Intent';
import type { KioskView } from '../ipc/generated/KioskView';
import type { MaskedRecord } from '../ipc/generated/MaskedRecord';
import type { SessionView } from '../ipc/generated/SessionView';
import type { Status } from '../ipc/generated/Status';
import type { Screen } from '../screens/screen';

export const RECORD: MaskedRecord = {
  name: '测**',
  student_number: 'T2026001',
  last_four: '0010',
  school: '示例大学',
  college: null,
  class: '1 班',
  level: null,
};

const session = 'first';
const seconds_left = 60;

/** One view of each screen, all of the same invented student. */
export const SCREENS: { [Name in SessionView['screen']]: Screen<Name> } = {
  scanning: { screen: 'scanning', fault: null },
  identifying: { screen: 'identifying', session, record: RECORD, needs_student_number: true, needs_name: false, retake_of: null, fault: null, tries_left: 5, seconds_left },
  consenting: { screen: 'consenting', session, record: RECORD, notice_version: NOTICE.version, guardian: 'not_needed', comparison: false, seconds_left },
  framing: { screen: 'framing', session, record: RECORD, coaching: { instruction: 'move_left', reason: 'centred', hold: 0, countdown: null, offer_operator: false }, automatic_shutter: true, to_pay: null, fault: null, seconds_left },
  standardising: { screen: 'standardising', session, record: RECORD },
  review: { screen: 'review', session, attempt: 1, record: RECORD, photo: photoView(false), retakes_left: 5, may_accept: true, override: null, fault: null, seconds_left },
  committing: { screen: 'committing', session, fault: null },
  done: { screen: 'done', session, order: '261121-A007', seconds_left: 12 },
};

const STATUS: Status = {
  version: '0.1.0',
  camera: { kind: 'simulated', label: 'Simulated studio', fault: null },
  faults: [],
  alarms: 0,
  demo: { name: '测试·甲', student_number: 'T2026001', id_number: '999999200401010010', last_four: '0010' },
};

/** A kiosk that shows what it is told to and writes down what it is asked. */
export class GlassBackend implements Backend {
  intents: Intent[] = [];
  readonly operator = new FakeDesk({ unlocked: false });
  #view: KioskView;
  #listener: ((view: KioskView) => void) | null = null;

  constructor(view: SessionView, status: Partial<Status> = {}) {
    this.#view = { session: view, status: { ...STATUS, ...status } };
  }

  /** The kiosk moves on. */
  become(view: SessionView, status: Partial<Status> = {}): void {
    this.#view = { session: view, status: { ...STATUS, ...status } };
    this.#listener?.(this.#view);
  }

  view: Backend['view'] = async () => this.#view;

  onView: Backend['onView'] = async (listener) => {
    this.#listener = listener;
    return () => (this.#listener = null);
  };

  send: Backend['send'] = async (intent) => void this.intents.push(intent);

  nextFrame: Backend['nextFrame'] = () => new Promise((resolve) => setTimeout(() => resolve(new ArrayBuffer(0)), 1_000));

  notice: Backend['notice'] = async () => NOTICE;

  reviewPhoto: Backend['reviewPhoto'] = async () => new Uint8Array([0xff, 0xd8, 0xff, 0xd9]).buffer;
}
