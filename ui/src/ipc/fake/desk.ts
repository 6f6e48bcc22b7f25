import type { OperatorBackend } from '../backend';
import type { AlarmView } from '../generated/AlarmView';
import type { Fault } from '../generated/Fault';
import type { FaultCode } from '../generated/FaultCode';
import type { Likeness } from '../generated/Likeness';
import type { OrderRow } from '../generated/OrderRow';
import type { OrderState } from '../generated/OrderState';
import type { StudioView } from '../generated/StudioView';
import { MADE, photoView } from './checks';
import { FakeKeeping, MANAGER } from './keeping';
import { FakeCounter } from './counter';
import { FakeDeliveries } from './deliveries';
import { FakeRosters } from './rosters';
import { FakeSheets } from './sheets';
import { maskedId, student } from './students';
import { FRAME, GOOD_POSE, photoOf, wallFrame } from './studio';

const ORDERS = 38;
/** 21 November 2026, 9:00 in Beijing. */
const OPENING = Date.UTC(2026, 10, 21, 1);

const fault = (code: FaultCode, detail = ''): Fault => ({ code, detail });
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** What the staff may do to the visit that is open. */
export type OpenVisit = { override: (reason: string) => void; import: () => void; pay?: () => void; occupied?: () => boolean };

const HOUR_MS = 3_600_000;
/** How the clean plate is: there is none, it was taken a moment or three days ago, or it shows another wall. */
export type FakePlate = 'none' | 'fresh' | 'old' | 'unlike';

/** The staff's side of the fake: orders of invented students, kept only in this page. */
export class FakeDesk implements OperatorBackend {
  readonly #keeping = new FakeKeeping();
  readonly #visit: OpenVisit | undefined;
  #studio: StudioView;
  #rows: OrderRow[] = Array.from({ length: ORDERS }, (_, i) => row(ORDERS - 1 - i));
  #alarms: readonly AlarmView[];

  constructor(options: { unlocked: boolean; visit?: OpenVisit; plate?: FakePlate | undefined; alarms?: boolean | undefined }) {
    this.#alarms = options.alarms === false ? [] : alarmsOf(this.#rows);
    this.#studio = { ...CALIBRATED, clean_plate: plateOf(options.plate ?? 'none') };
    this.#visit = options.visit;
    if (!options.unlocked) return;
    this.#keeping.put(MANAGER, '246810');
    this.#keeping.put({ name: '小李', role: 'operator' }, '1357');
    this.#keeping.onDuty = MANAGER;
  }

  async access() {
    const { people, onDuty } = this.#keeping;
    return { pin_set: people.length > 0, unlocked: onDuty !== null, people, on_duty: onDuty };
  }

  async setPin(pin: string, current: string | null) {
    const person = this.#keeping.onDuty ?? MANAGER;
    if (this.#keeping.people.length > 0 && !this.#keeping.isRight(person.name, current ?? '')) throw fault('pin_wrong');
    this.#keeping.put(person, pin);
    this.#keeping.onDuty = person;
  }

  async unlock(name: string, pin: string) {
    if (!this.#keeping.isRight(name, pin)) throw fault('pin_wrong');
    this.#keeping.onDuty = this.#keeping.people.find((person) => person.name === name) ?? null;
  }

  setPerson: OperatorBackend['setPerson'] = (person, pin) => this.#keeping.setPerson(person, pin);
  removePerson: OperatorBackend['removePerson'] = (name) => this.#keeping.removePerson(name);
  recoveryCode: OperatorBackend['recoveryCode'] = (again) => this.#keeping.recoveryCode(again);
  retention: OperatorBackend['retention'] = () => this.#keeping.retention();
  purge: OperatorBackend['purge'] = () => this.#keeping.purge();

  async lock() {
    this.#keeping.onDuty = null;
  }

  orders: OperatorBackend['orders'] = async ({ find, states, unpaid, day, after, limit }) => {
    const text = find.trim().toLowerCase();
    const current = this.#rows.map((order) => ({ ...order, owing: this.#counter.owing(order.number, order.price) }));
    const rows = current.filter(
      (order) =>
        (states.length === 0 || states.includes(order.state)) &&
        (!unpaid || order.owing > 0) &&
        (day === null || day === '2026-11-21') &&
        [order.number, order.name, order.student_number, order.id_number_masked.slice(-4), order.class].some((field) =>
          field?.toLowerCase().includes(text),
        ),
    );
    const start = after === null ? 0 : rows.findIndex((order) => order.number === after) + 1;
    return { rows: rows.slice(start, start + limit), total: rows.length, more: false };
  };

  async photo() {
    return (await photoOf(GOOD_POSE)).slice().buffer;
  }

  async mark(numbers: string[], state: OrderState) {
    if (state === 'returned') this.#keeping.manager();
    this.#rows = this.#rows.map((order) => (numbers.includes(order.number) ? { ...order, state } : order));
  }

  /** How many nobody has looked into. */
  get unseen(): number {
    return this.#alarms.length;
  }

  async alarms() {
    const now = (order: OrderRow): OrderRow => this.#rows.find(({ number }) => number === order.number) ?? order;
    return this.#alarms.map((alarm) => ({ ...alarm, order: now(alarm.order), other: now(alarm.other) }));
  }

  async seeAlarm(id: number) {
    this.#alarms = this.#alarms.filter((alarm) => alarm.id !== id);
  }
  readonly #counter = new FakeCounter();

  #row(number: string): OrderRow {
    const found = this.#rows.find((order) => order.number === number);
    if (found === undefined) throw fault('order_unknown', number);
    return found;
  }

  orderDesk: OperatorBackend['orderDesk'] = async (number) => this.#counter.desk(this.#row(number));

  takePayment: OperatorBackend['takePayment'] = async ({ order, kind, fen, reason }) => this.#counter.take(this.#row(order), kind, fen, reason);

  payVisit: OperatorBackend['payVisit'] = async ({ session, kind, reason }) => {
    if (this.#visit?.pay === undefined) throw fault('order_wrong_state');
    this.#visit.pay();
    // Orders of the fake are there from the beginning: none comes of this visit.
    this.#counter.payBefore(session, kind, 2_000, reason);
  };

  refund: OperatorBackend['refund'] = async ({ entry, fen }) => this.#counter.refund(entry, fen);

  review: OperatorBackend['review'] = async ({ orders, verdict, reasons, words }) => {
    await this.mark(orders, verdict);
    for (const order of orders) {
      this.#counter.of(order).reviews.unshift({ version: this.#row(order).versions, verdict, reasons, words: words.trim() || null, actor: 'operator', at: Date.now() });
    }
  };

  note: OperatorBackend['note'] = async ({ order, words }) => void this.#counter.of(order).notes.unshift({ words, actor: 'operator', at: Date.now() });

  arrange: OperatorBackend['arrange'] = async ({ order, cohort, handover }) => void Object.assign(this.#counter.of(order), { cohort, handover });

  settlement: OperatorBackend['settlement'] = async () => this.#counter.settlement(this.#rows);

  settle: OperatorBackend['settle'] = async (_day, to) => {
    await pause(300);
    const files = ['settlement-20261121.xlsx', 'settlement-20261121.csv', 'payments-20261121.xlsx', 'payments-20261121.csv'];
    return { folder: to || '/home/kiosk/kiosk-data/settlements', files, settlement: this.#counter.settlement(this.#rows) };
  };

  backUp: OperatorBackend['backUp'] = async (to) => {
    await pause(600);
    if (!to.startsWith('/')) throw fault('path_unusable', to);
    return { path: `${to}/orders-20261121-1.sqlite`, bytes: 2_418_688, sha256: 'c0de'.repeat(16), orders: this.#rows.length };
  };

  readonly #sheets = new FakeSheets();
  sheet: OperatorBackend['sheet'] = (request) => this.#sheets.make(request);
  sheetPreview: OperatorBackend['sheetPreview'] = (request, page) => this.#sheets.preview(request, page);
  printers: OperatorBackend['printers'] = () => this.#sheets.printers();
  print: OperatorBackend['print'] = (request) => this.#sheets.print(request);
  prints: OperatorBackend['prints'] = () => this.#sheets.prints();

  readonly #deliveries = new FakeDeliveries({ rows: () => this.#rows, delivered: (numbers) => this.mark(numbers, 'delivered') });
  planDelivery: OperatorBackend['planDelivery'] = (request) => this.#deliveries.plan(request);
  deliver: OperatorBackend['deliver'] = (request) => this.#deliveries.deliver(request);
  deliveryGroups: OperatorBackend['deliveryGroups'] = () => this.#deliveries.groups();
  deliveryProgress: OperatorBackend['deliveryProgress'] = () => this.#deliveries.progress();
  stopDelivery: OperatorBackend['stopDelivery'] = () => this.#deliveries.stop();
  drives: OperatorBackend['drives'] = () => this.#deliveries.drives();
  burners: OperatorBackend['burners'] = () => this.#deliveries.burners();
  suggestPassphrase: OperatorBackend['suggestPassphrase'] = () => this.#deliveries.suggestPassphrase();
  eject: OperatorBackend['eject'] = () => this.#deliveries.eject();

  async status() {
    return {
      data_folder: '/home/kiosk/kiosk-data',
      sheet_folder: '/home/kiosk/sheets',
      delivery_folder: '/media/kiosk/USB',
      profile: 'xueli-2017-99',
      orders: ORDERS,
      key_in_store: true,
      recovery_code_shown: this.#keeping.recoveryCodeShown,
    };
  }

  readonly #rosters = new FakeRosters();
  previewRoster: OperatorBackend['previewRoster'] = (bytes) => this.#rosters.previewRoster(bytes);
  previewRosterFor: OperatorBackend['previewRosterFor'] = (token, school) => this.#rosters.previewRosterFor(token, school);
  importRoster: OperatorBackend['importRoster'] = (token) => this.#rosters.importRoster(token);
  rosterProgress: OperatorBackend['rosterProgress'] = () => this.#rosters.rosterProgress();
  rosters: OperatorBackend['rosters'] = () => this.#rosters.rosters();
  rosterStudents: OperatorBackend['rosterStudents'] = (query) => this.#rosters.rosterStudents(query);

  async studio() {
    return this.#studio;
  }

  async takePlate() {
    await pause(700);
    if (this.#visit?.occupied?.()) throw fault('studio_occupied', 'a person in 24 % of the picture');
    this.#studio = { ...this.#studio, clean_plate: plateOf('fresh'), fault: null };
    return this.#studio;
  }

  async discardPlate() {
    this.#studio = { ...this.#studio, clean_plate: null, fault: null };
    return this.#studio;
  }

  async plate() {
    return (await wallFrame()).slice().buffer;
  }

  overridePhoto: OperatorBackend['overridePhoto'] = async (_session, _attempt, reason) => {
    await pause(200);
    this.#visit?.override(reason);
  };

  importShot: OperatorBackend['importShot'] = async (_session, bytes) => {
    await pause(800);
    if (!looksLikePicture(bytes)) throw fault('image_unreadable');
    this.#visit?.import();
  };
}

const CALIBRATED: StudioView = {
  calibration: {
    id: 'booth',
    title_zh: '一号机位',
    title_en: 'Booth one',
    source: 'grey card of 18 %, measured 2026-11-20',
    white_balance: [1.12, 1, 1.23],
    exposure_stops: 0.15,
    orientation: 0,
  },
  clean_plate: null,
  fault: null,
};

function plateOf(plate: FakePlate): StudioView['clean_plate'] {
  if (plate === 'none') return null;
  const old = plate === 'old';
  return {
    camera: 'Simulated studio',
    ...FRAME,
    taken_at: Date.now() - (old ? 74 : 0.1) * HOUR_MS,
    sha256: '0'.repeat(64),
    old,
    last_use: plate === 'unlike' ? 'unlike' : old ? 'used' : null,
  };
}

/** By the first bytes of JPEG, PNG and WebP. */
function looksLikePicture(bytes: Uint8Array): boolean {
  return [[0xff, 0xd8], [0x89, 0x50], [0x52, 0x49]].some(([first, second]) => bytes[0] === first && bytes[1] === second);
}

/** The last order has the ID number of an earlier one, and another one its face. */
function alarmsOf(rows: OrderRow[]): AlarmView[] {
  const [last, fifth, ninth, thirtieth] = [0, 4, 8, 29].map((at) => rows[at]) as [OrderRow, OrderRow, OrderRow, OrderRow];
  thirtieth.name = last.name;
  thirtieth.id_number_masked = last.id_number_masked;
  return [
    { id: 2, kind: 'same_document', order: last, other: thirtieth, raised_at: last.accepted_at },
    { id: 1, kind: 'same_face', order: fifth, other: ninth, raised_at: fifth.accepted_at },
  ];
}

const LIKENESSES: (Likeness | null)[] = ['alike', 'unlike', 'no_photo', 'unsure', null, 'unusable'];

function row(n: number): OrderRow {
  const of = student(n);
  const states: OrderState[] = ['captured', 'captured', 'approved', 'printed', 'delivered', 'captured', 'returned'];
  return {
    number: `261121-A${String(n + 1).padStart(3, '0')}`,
    state: states[n % states.length] ?? 'captured',
    accepted_at: OPENING + n * 97_000,
    name: of.name,
    student_number: of.student_number,
    id_number_masked: maskedId(of.id_number),
    college: of.college,
    class: of.class,
    versions: (n % 3) + 1,
    price: 2_000,
    owing: 2_000,
    override: n % 7 === 6 ? { reason: '已当面核对，照片可用' } : null,
    provenance: MADE,
    likeness: LIKENESSES[n % LIKENESSES.length] ?? null,
    concerns: photoView(n % 7 !== 6).checks.filter((check) => check.verdict !== 'pass' && (n % 2 === 0 || check.verdict === 'fail')),
  };
}
