import type { OperatorBackend } from '../backend';
import type { Fault } from '../generated/Fault';
import type { FaultCode } from '../generated/FaultCode';
import type { OrderRow } from '../generated/OrderRow';
import type { OrderState } from '../generated/OrderState';
import type { StudioView } from '../generated/StudioView';
import { MADE, photoView } from './checks';
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
export type OpenVisit = { override: (reason: string) => void; import: () => void; occupied?: () => boolean };

const HOUR_MS = 3_600_000;
/** How the clean plate is: there is none, it was taken a moment or three days ago, or it shows another wall. */
export type FakePlate = 'none' | 'fresh' | 'old' | 'unlike';

/** The staff's side of the fake: orders of invented students, kept only in this page. */
export class FakeDesk implements OperatorBackend {
  #pin: string | null = null;
  #unlocked: boolean;
  readonly #visit: OpenVisit | undefined;
  #studio: StudioView;
  #rows: OrderRow[] = Array.from({ length: ORDERS }, (_, i) => row(ORDERS - 1 - i));

  constructor(options: { unlocked: boolean; visit?: OpenVisit; plate?: FakePlate | undefined }) {
    this.#studio = { ...CALIBRATED, clean_plate: plateOf(options.plate ?? 'none') };
    this.#unlocked = options.unlocked;
    this.#visit = options.visit;
    if (options.unlocked) this.#pin = '246810';
  }

  async access() {
    return { pin_set: this.#pin !== null, unlocked: this.#unlocked };
  }

  async setPin(pin: string, current: string | null) {
    if (this.#pin !== null && current !== this.#pin) throw fault('pin_wrong');
    this.#pin = pin;
  }

  async unlock(pin: string) {
    if (pin !== this.#pin) throw fault('pin_wrong');
    this.#unlocked = true;
  }

  async lock() {
    this.#unlocked = false;
  }

  orders: OperatorBackend['orders'] = async ({ find, states, offset, limit }) => {
    const text = find.trim().toLowerCase();
    const rows = this.#rows.filter(
      (order) =>
        (states.length === 0 || states.includes(order.state)) &&
        [order.number, order.name, order.student_number, order.id_number_masked.slice(-4), order.class].some((field) =>
          field?.toLowerCase().includes(text),
        ),
    );
    return { rows: rows.slice(offset, offset + limit), total: rows.length };
  };

  async photo() {
    return (await photoOf(GOOD_POSE)).slice().buffer;
  }

  async mark(numbers: string[], state: OrderState) {
    this.#rows = this.#rows.map((order) => (numbers.includes(order.number) ? { ...order, state } : order));
  }

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
  eject: OperatorBackend['eject'] = () => this.#deliveries.eject();

  async status() {
    return {
      data_folder: '/home/kiosk/kiosk-data',
      sheet_folder: '/home/kiosk/sheets',
      delivery_folder: '/media/kiosk/USB',
      profile: 'xueli-2017-99',
      orders: ORDERS,
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
    override: n % 7 === 6 ? { reason: '已当面核对，照片可用' } : null,
    provenance: MADE,
    concerns: photoView(n % 7 !== 6).checks.filter((check) => check.verdict !== 'pass' && (n % 2 === 0 || check.verdict === 'fail')),
  };
}
