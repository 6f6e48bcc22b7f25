import type { BurnerView } from '../generated/BurnerView';
import type { DeliveryChoice } from '../generated/DeliveryChoice';
import type { DeliveryGroups } from '../generated/DeliveryGroups';
import type { DeliveryMade } from '../generated/DeliveryMade';
import type { DeliveryMedium } from '../generated/DeliveryMedium';
import type { DeliveryPlanned } from '../generated/DeliveryPlanned';
import type { DeliveryProgress } from '../generated/DeliveryProgress';
import type { DeliveryRequest } from '../generated/DeliveryRequest';
import type { DeliveryStage } from '../generated/DeliveryStage';
import type { DriveView } from '../generated/DriveView';
import type { Fault } from '../generated/Fault';
import type { FaultCode } from '../generated/FaultCode';
import type { OrderRow } from '../generated/OrderRow';
import type { OrderState } from '../generated/OrderState';
import { student } from './students';

const PHOTO_BYTES = 31_240;
const SCHOOL = '示例大学（虚构）';
const DAY = '2026-11-21';
/** Students of the list without a photo. */
const ABSENT = 4;
const STEPS = 20;
const STEP_MS = 75;
const DELIVERABLE: OrderState[] = ['captured', 'approved', 'printed', 'delivered'];

const fault = (code: FaultCode, detail = ''): Fault => ({ code, detail });
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const IDLE: DeliveryProgress = { stage: null, files: 0, of_files: 0, percent: 0, seconds_left: null };

const SHORTEST_PASSPHRASE = 12;
const BLANK: BurnerView = { id: '/dev/sr0', name: 'INVENTED WRITER 16X', disc: 'blank', capacity_bytes: 4_707_319_808 };
const DISC = '261121-A · PHOTOS_20261121';

function place(to: string, { kind }: DeliveryMedium): string {
  return { folder: `${to}/261121-A`, zip: `${to}/261121-A.zip`, image: `${to}/261121-A.iso`, disc: `${DISC} (${to})` }[kind];
}

function stage({ kind }: DeliveryMedium, share: number): DeliveryStage {
  if (kind === 'disc') return share < 0.2 ? 'imaging' : share < 0.6 ? 'burning' : 'reading_back';
  return share >= 0.5 ? 'reading_back' : kind === 'image' ? 'imaging' : 'writing';
}

type Orders = { rows: () => OrderRow[]; delivered: (numbers: string[]) => Promise<void> };

/** Deliveries of the fake desk: nothing is written, time passes. */
export class FakeDeliveries {
  readonly #orders: Orders;
  #progress = IDLE;
  #stopped = false;
  #ejected = false;

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  async groups(): Promise<DeliveryGroups> {
    const classes = new Map<string, number>();
    const rows = this.#orders.rows().filter((row) => DELIVERABLE.includes(row.state));
    for (const row of rows) {
      const key = `${row.college}\n${row.class}`;
      classes.set(key, (classes.get(key) ?? 0) + 1);
    }
    return {
      classes: [...classes].sort().map(([key, orders]) => {
        const [college = '', name = ''] = key.split('\n');
        return { school: SCHOOL, college, class: name, orders };
      }),
      days: [{ day: DAY, orders: rows.length }],
    };
  }

  async plan({ choice, to, medium }: DeliveryRequest): Promise<DeliveryPlanned> {
    await pause(400);
    if (!to.startsWith('/')) throw fault('medium_missing', to);
    if (medium.kind === 'zip' && medium.passphrase.length < SHORTEST_PASSPHRASE) throw fault('passphrase_weak');
    const problems = medium.kind === 'disc' && to !== BLANK.id ? [fault('disc_not_blank')] : [];
    const { chosen, leftOut } = this.#select(choice);
    if (chosen.length === 0) throw fault('nothing_to_deliver');
    const byHand = choice.orders.length > 0;
    const absent = byHand ? [] : Array.from({ length: ABSENT }, (_, i) => student(200 + i));
    const missing = absent.map((of) => ({ name: of.name, student_number: of.student_number, college: of.college, class: of.class, left_out: false }));
    return {
      plan: `${chosen.length}`,
      photos: chosen.length,
      bytes: chosen.length * PHOTO_BYTES,
      free_bytes: medium.kind === 'disc' ? BLANK.capacity_bytes : 15_800_000_000,
      folder: place(to, medium),
      resumes: false,
      naming: '{id_number}.jpg',
      problems,
      listed: byHand ? null : chosen.length + leftOut.length + missing.length,
      absent: missing.length,
      absent_students: missing,
      not_approved: chosen.filter((row) => row.state === 'captured').map((row) => row.number),
      left_out: leftOut.map(({ number, state }) => ({ number, state, unpaid: false })),
      not_on_disc: [],
      duplicates: [],
    };
  }

  async deliver({ choice, to, plan, medium }: DeliveryRequest): Promise<DeliveryMade> {
    const { chosen } = this.#select(choice);
    if (plan !== `${chosen.length}`) throw fault('plan_changed');
    this.#stopped = false;
    for (let step = 0; step < STEPS; step++) {
      const files = Math.round(((step % (STEPS / 2)) / (STEPS / 2)) * chosen.length);
      const seconds = step > 3 ? Math.ceil(((STEPS - step) * STEP_MS) / 1000) : null;
      this.#progress = { stage: stage(medium, step / STEPS), files, of_files: chosen.length, percent: (100 * step) / STEPS, seconds_left: seconds };
      await pause(STEP_MS);
      if (this.#stopped) {
        this.#progress = IDLE;
        throw fault('delivery_stopped');
      }
    }
    this.#progress = IDLE;
    await this.#orders.delivered(chosen.map((row) => row.number));
    return {
      path: medium.kind === 'disc' ? to : place(to, medium),
      disc: medium.kind === 'disc' ? DISC : null,
      photos: chosen.length,
      bytes: chosen.length * PHOTO_BYTES,
      verified: true,
      resumed: 0,
      absent: choice.orders.length > 0 ? 0 : ABSENT,
      unchanged: [],
      manifest_sha256: '3f'.repeat(32),
    };
  }

  async progress(): Promise<DeliveryProgress> {
    return this.#progress;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
  }

  async drives(): Promise<DriveView[]> {
    const stick = { name: 'USB', path: '/media/kiosk/USB', removable: true, free_bytes: 15_800_000_000, total_bytes: 16_000_000_000, file_system: 'exfat' };
    const disk = { name: '/', path: '/', removable: false, free_bytes: 210_000_000_000, total_bytes: 480_000_000_000, file_system: 'ext4' };
    return this.#ejected ? [disk] : [stick, disk];
  }

  async burners(): Promise<BurnerView[]> {
    await pause(300);
    return [BLANK, { id: '/dev/sr1', name: 'INVENTED WRITER 8X', disc: 'written', capacity_bytes: null }];
  }

  async suggestPassphrase(): Promise<string> {
    return '4821-0935-7714-2086-1193-5570';
  }

  async eject(): Promise<void> {
    await pause(300);
    this.#ejected = true;
  }

  #select(choice: DeliveryChoice): { chosen: OrderRow[]; leftOut: OrderRow[] } {
    const rows = this.#orders.rows();
    if (choice.orders.length > 0) return { chosen: rows.filter((row) => choice.orders.includes(row.number)), leftOut: [] };
    const states = choice.states.length > 0 ? choice.states : DELIVERABLE;
    const fitting = rows.filter(
      (row) => (choice.college === null || choice.college === (row.college ?? '')) && (choice.class === null || choice.class === (row.class ?? '')),
    );
    return { chosen: fitting.filter((row) => states.includes(row.state)), leftOut: fitting.filter((row) => !states.includes(row.state)) };
  }
}
