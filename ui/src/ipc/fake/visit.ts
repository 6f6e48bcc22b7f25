import type { Coaching } from '../generated/Coaching';
import type { FaultCode } from '../generated/FaultCode';
import type { Guardian } from '../generated/Guardian';
import type { Identification } from '../generated/Identification';
import type { Instruction } from '../generated/Instruction';
import type { Intent } from '../generated/Intent';
import type { SessionView } from '../generated/SessionView';
import type { ShotSource } from '../generated/ShotSource';
import type { Ticks } from '../generated/Ticks';
import { photoView } from './checks';
import { NOTICE } from './notice';
import { guardianOf, isPassport, isResidentNumber, masked, student, type FakeDocument, type Student } from './students';
import { poseFor } from './poses';
import type { Pose } from './studio';

/** Holds the coaching at one moment, for looking at it. */
export type Pinned = Partial<Coaching> & { instruction: Instruction };

export type VisitOptions = {
  automatic: boolean;
  pinned?: Pinned | undefined;
  /** Whether photos fail; otherwise every second student's first one does. */
  fails?: boolean | undefined;
  /** What the students carry. */
  document?: FakeDocument | undefined;
  /** Whether the studio compares with enrolment photos. */
  comparison?: boolean | undefined;
  /** The order that every code was used for before. */
  retakeOf?: string | null | undefined;
  /** The price is taken before the shot. */
  payFirst?: boolean | undefined;
};

export type ScreenName = SessionView['screen'];

/** Seconds of silence allowed on each screen. */
const PATIENCE: Partial<Record<ScreenName, number>> = { identifying: 90, consenting: 60, framing: 120, review: 60, done: 12 };
/** What is held for looking at stays for a day. */
const PINNED_PATIENCE = 86_400;
const TRIES = 5;
const RETAKES = 5;
/** How long the invented student needs for each step, milliseconds. */
/** What an order costs in the fake, fen. */
const PRICE_FEN = 2_000;

const PACE = { phoneArrives: 4_000, codeIsRead: 6_500, standardise: 1_800, commit: 900, hold: 1_200, countdown: 3_000, help: 20_000 };

/** What the drawn sitter does in front of the camera, one after the other. */
const SITTER: readonly { until: number; instruction: Instruction }[] = [
  { until: 2_500, instruction: 'come_closer' },
  { until: 5_000, instruction: 'move_left' },
  { until: 7_500, instruction: 'left_lamp' },
  { until: Infinity, instruction: 'hold_still' },
];

/** A visit with an invented student that behaves like the real one, on a clock that is told to it. */
export class FakeVisit {
  view: SessionView = { screen: 'scanning', fault: null };
  #visits = 0;
  #attempt = 0;
  #since = 0;
  #deadline = Infinity;
  #now = 0;
  /** When the shutter by hand releases. */
  #releaseAt: number | null = null;
  #source: ShotSource = 'camera';
  readonly #options: VisitOptions;

  constructor(options: VisitOptions) {
    this.#options = options;
  }

  get student(): Student {
    return student(this.#visits, this.#options.document);
  }

  /** How near the phone is, 0–1. */
  get phone(): number {
    return Math.min(1, Math.max(0, (this.#age() - PACE.phoneArrives) / 1_200));
  }

  /** What the sitter does now. */
  get sitter(): { instruction: Instruction; pose: Pose } {
    const acted = SITTER.find((act) => this.#age() < act.until)?.instruction ?? 'hold_still';
    const instruction = this.#options.pinned?.instruction ?? acted;
    return { instruction, pose: poseFor(instruction) };
  }

  /** Time goes by. */
  tick(now: number): void {
    this.#now = now;
    const { screen } = this.view;
    if (now >= this.#deadline) {
      this.#start(screen === 'done' ? null : 'session_timed_out');
    } else if (screen === 'scanning' && this.#options.automatic && this.#age() >= PACE.codeIsRead) {
      this.#identifying();
    } else if (screen === 'framing') {
      this.#coach();
    } else if (screen === 'standardising' && this.#age() >= PACE.standardise) {
      this.#review();
    } else if (screen === 'committing' && this.#age() >= PACE.commit) {
      this.#done();
    } else if ('seconds_left' in this.view) {
      this.view = { ...this.view, seconds_left: this.#secondsLeft() };
    }
  }

  intent(intent: Intent): void {
    const { screen } = this.view;
    if (intent.intent === 'leave') this.#start(null);
    else if (intent.intent === 'touch') this.#patience();
    else if (intent.intent === 'identify' && screen === 'identifying') this.#identify(intent);
    else if (intent.intent === 'consent' && this.view.screen === 'consenting') this.#consent(intent, this.view.guardian);
    else if (intent.intent === 'shutter' && screen === 'framing') this.#press();
    else if (intent.intent === 'retake' && screen === 'review') this.#framing();
    else if (intent.intent === 'accept' && this.view.screen === 'review' && this.view.may_accept) {
      this.#enter({ screen: 'committing', session: this.view.session, fault: null });
    }
  }

  /** The operator lets the photo under review pass. */
  override(reason: string): void {
    if (this.view.screen === 'review') this.view = { ...this.view, override: { reason }, may_accept: true };
  }

  /** A file becomes the shot. */
  import(): void {
    if (this.view.screen === 'framing') this.#shoot('file');
  }

  /** Jumps to a screen, for looking at it. */
  jump(screen: ScreenName): void {
    const known = masked(this.student, true);
    const session = this.#session();
    const jumps: Record<ScreenName, () => void> = {
      scanning: () => this.#enter({ screen: 'scanning', fault: null }),
      identifying: () => this.#identifying(),
      consenting: () => this.#consenting(),
      framing: () => this.#framing(),
      standardising: () => this.#enter({ screen: 'standardising', session, record: known }),
      review: () => {
        this.#attempt = 1;
        this.#review();
      },
      committing: () => this.#enter({ screen: 'committing', session, fault: null }),
      done: () => this.#done(),
    };
    jumps[screen]();
  }

  #session(): string {
    return `00000000-0000-7000-8000-${String(this.#visits).padStart(12, '0')}`;
  }

  #age(): number {
    return this.#now - this.#since;
  }

  #secondsLeft(): number {
    return Math.max(0, Math.ceil((this.#deadline - this.#now) / 1000));
  }

  #patience(): void {
    const seconds = this.#options.pinned === undefined ? PATIENCE[this.view.screen] : PINNED_PATIENCE;
    this.#deadline = seconds === undefined ? Infinity : this.#now + seconds * 1000;
  }

  #enter(view: SessionView): void {
    this.view = view;
    this.#since = this.#now;
    this.#patience();
    if ('seconds_left' in this.view) this.view = { ...this.view, seconds_left: this.#secondsLeft() };
  }

  #start(fault: FaultCode | null): void {
    this.#visits += 1;
    this.#attempt = 0;
    this.#enter({ screen: 'scanning', fault: fault === null ? null : { code: fault, detail: '' } });
  }

  #identifying(fault: FaultCode | null = null, triesLeft = TRIES): void {
    this.#enter({
      screen: 'identifying',
      session: this.#session(),
      record: masked(this.student, false),
      needs_student_number: this.#visits % 2 === 1,
      needs_name: false,
      retake_of: this.#options.retakeOf ?? null,
      fault: fault === null ? null : { code: fault, detail: '' },
      tries_left: triesLeft,
      seconds_left: 0,
    });
  }

  #identify(typed: Identification): void {
    const wrong = this.#whatIsWrong(typed);
    if (wrong === null) return this.#consenting();
    // A number that fits itself and contradicts the code is no slip of the finger.
    if (wrong === 'id_number_mismatch') return this.#start(wrong);
    const triesLeft = (this.view.screen === 'identifying' ? this.view.tries_left : TRIES) - 1;
    return triesLeft === 0 ? this.#start(wrong) : this.#identifying(wrong, triesLeft);
  }

  #whatIsWrong(typed: Identification): FaultCode | null {
    const id = typed.id_number.toUpperCase().replace(/\s/g, '');
    if (!isResidentNumber(id) && !isPassport(id)) return 'id_number_invalid';
    if (typed.last_four.toUpperCase() !== id.slice(-4)) return 'last_four_mismatch';
    if (id !== this.student.id_number) return 'id_number_mismatch';
    return null;
  }

  #consenting(): void {
    this.#enter({
      screen: 'consenting',
      session: this.#session(),
      record: masked(this.student, true),
      notice_version: NOTICE.version,
      guardian: guardianOf(this.student.id_number, this.#now),
      comparison: this.#options.comparison ?? false,
      seconds_left: 0,
    });
  }

  /** Nothing happens before everything that is required was ticked. */
  #consent(ticks: Ticks, guardian: Guardian): void {
    if (ticks.face_data && (guardian !== 'needed' || ticks.guardian)) this.#framing();
  }

  #framing(): void {
    this.#releaseAt = null;
    this.#enter({
      screen: 'framing',
      session: this.#session(),
      record: masked(this.student, true),
      coaching: this.#coaching(),
      automatic_shutter: this.#options.automatic,
      to_pay: this.#options.payFirst ? PRICE_FEN : null,
      fault: null,
      seconds_left: 0,
    });
  }

  #coach(): void {
    if (this.view.screen !== 'framing') return;
    const coaching = this.#coaching();
    const released = this.#releaseAt !== null && this.#now >= this.#releaseAt;
    const held = coaching.hold === 1 && this.#options.automatic && this.#options.pinned === undefined && this.#releaseAt === null;
    if (this.view.to_pay === null && (released || held)) this.#shoot('camera');
    else this.view = { ...this.view, coaching, seconds_left: this.#secondsLeft() };
  }

  #coaching(): Coaching {
    const { instruction } = this.sitter;
    const good = SITTER[SITTER.length - 2]?.until ?? 0;
    const hold = instruction === 'hold_still' ? Math.max(0, Math.min(1, (this.#age() - good) / PACE.hold)) : 0;
    const countdown = this.#releaseAt === null ? null : Math.max(1, Math.ceil((this.#releaseAt - this.#now) / 1_000));
    return { instruction, reason: null, hold, countdown, offer_operator: this.#age() >= PACE.help, ...this.#options.pinned };
  }

  /** The counter takes the price. */
  pay(): void {
    if (this.view.screen === 'framing') this.view = { ...this.view, to_pay: null };
  }

  /** The shutter by hand counts down; pressed again it does not. */
  #press(): void {
    if (this.view.screen === 'framing' && this.view.to_pay !== null) return;
    this.#releaseAt = this.#releaseAt === null ? this.#now + PACE.countdown : null;
    this.#coach();
  }

  #shoot(source: ShotSource): void {
    this.#attempt += 1;
    this.#source = source;
    this.#enter({ screen: 'standardising', session: this.#session(), record: masked(this.student, true) });
  }

  /** Every second student's first photo has something to mend. */
  #review(): void {
    const good = this.#options.fails === undefined ? this.#attempt > 1 || this.#visits % 2 === 0 : !this.#options.fails;
    const retakesLeft = Math.max(0, RETAKES + 1 - this.#attempt);
    this.#enter({
      screen: 'review',
      session: this.#session(),
      attempt: this.#attempt,
      record: masked(this.student, true),
      photo: photoView(good, this.#source),
      retakes_left: retakesLeft,
      may_accept: good || retakesLeft === 0,
      override: null,
      fault: null,
      seconds_left: 0,
    });
  }

  #done(): void {
    const order = `261121-A${String(this.#visits + 38).padStart(3, '0')}`;
    this.#enter({ screen: 'done', session: this.#session(), order, seconds_left: 0 });
  }
}
