import type { Backend } from '../backend';
import { INSTRUCTIONS } from '../../instructions';
import { writeFrame } from '../frame';
import type { CheckId } from '../generated/CheckId';
import type { FaultCode } from '../generated/FaultCode';
import type { Instruction } from '../generated/Instruction';
import type { KioskView } from '../generated/KioskView';
import { FakeDesk, type FakePlate } from './desk';
import { NOTICE } from './notice';
import type { FakeDocument } from './students';
import { codeOverlay, FRAME, GOOD_POSE, phoneFrame, photoOf, sitterFrame, sitterOverlay } from './studio';
import { FakeVisit, type Pinned, type ScreenName } from './visit';

const TICK_MS = 100;
const FRAME_MS = 60;

export type FakeOptions = {
  /** Start on this screen. */
  at?: ScreenName | undefined;
  /** Whether the invented student shows the code and the shutter releases by itself. */
  automatic?: boolean;
  /** A camera that has this fault. */
  camera?: FaultCode | undefined;
  /** A machine that has this fault. */
  machine?: FaultCode | undefined;
  /** The operator page is open already. */
  unlocked?: boolean;
  /** The coaching stands still at one instruction. */
  pinned?: Pinned | undefined;
  /** How the picture of the empty studio is. */
  plate?: FakePlate | undefined;
  /** Whether photos fail their checks. */
  fails?: boolean | undefined;
  /** What the students carry. */
  document?: FakeDocument | undefined;
  /** Whether the studio compares with enrolment photos. */
  comparison?: boolean | undefined;
  /** Whether every code was used before. */
  retake?: boolean | undefined;
  /** Whether there is anything to look into; there is, unless told otherwise. */
  alarms?: boolean | undefined;
  /** The price is taken before the shot. */
  payFirst?: boolean | undefined;
};

/** Every instruction, for stepping through them: `?instruction=show_ears`. */
const KNOWN = Object.keys(INSTRUCTIONS.en) as Instruction[];

/** `?instruction=show_ears&reason=ears_visible&hold=0.5&countdown=3&help=1`. */
function pinnedFromAddress(query: URLSearchParams): Pinned | undefined {
  const instruction = KNOWN.find((known) => known === query.get('instruction'));
  if (instruction === undefined) return undefined;
  const countdown = query.get('countdown');
  return {
    instruction,
    reason: query.get('reason') as CheckId | null,
    hold: Number(query.get('hold') ?? 0),
    countdown: countdown === null ? null : Number(countdown),
    offer_operator: query.get('help') === '1',
  };
}

/** Reads `?at=review&automatic=0&camera=camera_unplugged&machine=model_missing&unlocked=1&photo=bad&plate=old&document=child&comparison=1&retake=1&alarms=0&pay=first`, and what is pinned. */
export function optionsFromAddress(search: string): FakeOptions {
  const query = new URLSearchParams(search);
  return {
    at: (query.get('at') as ScreenName | null) ?? undefined,
    automatic: query.get('automatic') !== '0',
    camera: (query.get('camera') as FaultCode | null) ?? undefined,
    machine: (query.get('machine') as FaultCode | null) ?? undefined,
    unlocked: query.get('unlocked') === '1',
    pinned: pinnedFromAddress(query),
    plate: (query.get('plate') as FakePlate | null) ?? undefined,
    payFirst: query.get('pay') === 'first',
    fails: query.get('photo') === null ? undefined : query.get('photo') === 'bad',
    document: (query.get('document') as FakeDocument | null) ?? undefined,
    comparison: query.get('comparison') === '1',
    retake: query.get('retake') === '1',
    alarms: query.get('alarms') !== '0',
  };
}

/** A believable kiosk inside the page: for `npm run dev` in a browser and for tests. Nobody in it is real. */
export class FakeKiosk implements Backend {
  readonly operator: FakeDesk;
  readonly #visit: FakeVisit;
  readonly #options: FakeOptions;
  readonly #listeners = new Set<(view: KioskView) => void>();
  #shown = '';
  #seq = 0;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#visit = new FakeVisit({
      ...options,
      automatic: options.automatic ?? true,
      retakeOf: options.retake ? '261121-A007' : null,
    });
    this.operator = new FakeDesk({
      unlocked: options.unlocked ?? false,
      plate: options.plate,
      alarms: options.alarms,
      visit: {
        override: (reason) => this.#visit.override(reason),
        import: () => this.#visit.import(),
        pay: () => this.#visit.pay(),
        occupied: () => this.#visit.view.screen === 'framing',
      },
    });
    this.#visit.tick(Date.now());
    this.#visit.jump(options.at ?? (options.pinned === undefined ? 'scanning' : 'framing'));
    setInterval(() => this.#tick(), TICK_MS);
  }

  async view(): Promise<KioskView> {
    return this.#view();
  }

  async onView(listener: (view: KioskView) => void): Promise<() => void> {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send: Backend['send'] = async (intent) => {
    this.#visit.intent(intent);
    this.#tell();
  };

  nextFrame: Backend['nextFrame'] = async () => {
    await new Promise((done) => setTimeout(done, FRAME_MS));
    if (this.#options.camera !== undefined) return new ArrayBuffer(0);
    const { jpeg, overlay } = await this.#frame();
    if (jpeg.length === 0) return new ArrayBuffer(0);
    this.#seq += 1;
    return writeFrame({ seq: this.#seq, ...FRAME, orientation: 0, overlay }, jpeg);
  };

  notice: Backend['notice'] = async () => NOTICE;

  reviewPhoto: Backend['reviewPhoto'] = async () => (await photoOf(GOOD_POSE)).slice().buffer;

  async #frame() {
    if (this.#visit.view.screen === 'scanning') {
      const { phone } = this.#visit;
      return { jpeg: await phoneFrame(phone), overlay: phone === 1 ? codeOverlay(phone) : null };
    }
    const { pose } = this.#visit.sitter;
    const sitter = sitterOverlay(pose);
    return { jpeg: await sitterFrame(pose), overlay: { code: null, sitter } };
  }

  #tick(): void {
    this.#visit.tick(Date.now());
    this.#tell();
  }

  #tell(): void {
    const view = this.#view();
    const text = JSON.stringify(view);
    if (text === this.#shown) return;
    this.#shown = text;
    for (const listener of this.#listeners) listener(view);
  }

  #view(): KioskView {
    const { camera, machine } = this.#options;
    const { name, student_number, id_number, last_four } = this.#visit.student;
    return {
      session: this.#visit.view,
      status: {
        version: '0.1.0',
        camera: { kind: 'simulated', label: 'Simulated studio', fault: camera === undefined ? null : { code: camera, detail: '' } },
        faults: machine === undefined ? [] : [{ code: machine, detail: 'face_mesh.tflite' }],
        alarms: this.operator.unseen,
        demo: { name, student_number, id_number, last_four },
      },
    };
  }
}
