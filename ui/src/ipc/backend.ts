import type { AlarmView } from './generated/AlarmView';
import type { ArrangeRequest } from './generated/ArrangeRequest';
import type { BackupMade } from './generated/BackupMade';
import type { BurnerView } from './generated/BurnerView';
import type { DeliveryGroups } from './generated/DeliveryGroups';
import type { DeliveryMade } from './generated/DeliveryMade';
import type { DeliveryPlanned } from './generated/DeliveryPlanned';
import type { DeliveryProgress } from './generated/DeliveryProgress';
import type { DeliveryRequest } from './generated/DeliveryRequest';
import type { DeskPerson } from './generated/DeskPerson';
import type { DriveView } from './generated/DriveView';
import type { Fault } from './generated/Fault';
import type { Intent } from './generated/Intent';
import type { KioskView } from './generated/KioskView';
import type { Notice } from './generated/Notice';
import type { NoteRequest } from './generated/NoteRequest';
import type { OperatorAccess } from './generated/OperatorAccess';
import type { OperatorStatus } from './generated/OperatorStatus';
import type { OrderDesk } from './generated/OrderDesk';
import type { OrderPage } from './generated/OrderPage';
import type { OrderQuery } from './generated/OrderQuery';
import type { OrderState } from './generated/OrderState';
import type { PurgeMade } from './generated/PurgeMade';
import type { RetentionView } from './generated/RetentionView';
import type { PaymentRequest } from './generated/PaymentRequest';
import type { RefundRequest } from './generated/RefundRequest';
import type { ReviewRequest } from './generated/ReviewRequest';
import type { PrinterView } from './generated/PrinterView';
import type { PrintRequest } from './generated/PrintRequest';
import type { PrintView } from './generated/PrintView';
import type { RosterChanges } from './generated/RosterChanges';
import type { RosterOverview } from './generated/RosterOverview';
import type { RosterPreview } from './generated/RosterPreview';
import type { RosterProgress } from './generated/RosterProgress';
import type { RosterStudents } from './generated/RosterStudents';
import type { RosterStudentsQuery } from './generated/RosterStudentsQuery';
import type { SettlementMade } from './generated/SettlementMade';
import type { SettlementView } from './generated/SettlementView';
import type { SheetMade } from './generated/SheetMade';
import type { SheetPreview } from './generated/SheetPreview';
import type { SheetRequest } from './generated/SheetRequest';
import type { StudioView } from './generated/StudioView';
import type { VisitPayment } from './generated/VisitPayment';

/** Everything that the window can ask of the kiosk. Every promise may be rejected with a {@link Fault}. */
export interface Backend {
  view(): Promise<KioskView>;
  /** Calls `listener` whenever the view changes; resolves to the function that ends it. */
  onView(listener: (view: KioskView) => void): Promise<() => void>;
  send(intent: Intent): Promise<void>;
  /** The newest frame after `after`, waiting up to about a second; empty when there is none. See `frame.ts`. */
  nextFrame(after: number): Promise<ArrayBuffer>;
  /** The notice that people agree to, in every language. */
  notice(): Promise<Notice>;
  /** The standardised JPEG that the review screen shows. */
  reviewPhoto(session: string, attempt: number): Promise<ArrayBuffer>;
  operator: OperatorBackend;
}

/** What the staff may ask, after unlocking. */
export interface OperatorBackend {
  access(): Promise<OperatorAccess>;
  setPin(pin: string, current: string | null): Promise<void>;
  unlock(name: string, pin: string): Promise<void>;
  /** Managers only: adds somebody, or gives somebody another role and PIN. */
  setPerson(person: DeskPerson, pin: string): Promise<void>;
  removePerson(name: string): Promise<void>;
  /** Managers only: the code for paper; null when it was shown before and is not asked for again. */
  recoveryCode(again: boolean): Promise<string | null>;
  /** Managers only: what is due to be deleted. */
  retention(): Promise<RetentionView>;
  /** Managers only: deletes it; null when nothing is due. */
  purge(): Promise<PurgeMade | null>;
  lock(): Promise<void>;
  orders(query: OrderQuery): Promise<OrderPage>;
  photo(number: string): Promise<ArrayBuffer>;
  mark(numbers: string[], state: OrderState): Promise<void>;
  /** What nobody has looked into yet, the newest first. */
  alarms(): Promise<AlarmView[]>;
  /** Somebody has looked into it. */
  seeAlarm(id: number): Promise<void>;
  /** Money, reviews, notes and how an order is handed over. */
  orderDesk(number: string): Promise<OrderDesk>;
  takePayment(request: PaymentRequest): Promise<void>;
  /** Takes the price of the visit whose shutter waits for it. */
  payVisit(request: VisitPayment): Promise<void>;
  refund(request: RefundRequest): Promise<void>;
  /** Approves or returns with reasons: all or none. */
  review(request: ReviewRequest): Promise<void>;
  note(request: NoteRequest): Promise<void>;
  arrange(request: ArrangeRequest): Promise<void>;
  /** A day's money; today's without a day. */
  settlement(day: string | null): Promise<SettlementView>;
  /** Writes a day's settlement; an empty folder is the usual one. */
  settle(day: string | null, to: string): Promise<SettlementMade>;
  /** Copies the order log into a folder while it is in use. */
  backUp(to: string): Promise<BackupMade>;
  sheet(request: SheetRequest): Promise<SheetMade>;
  /** One page, from 0, of how a sheet would look. */
  sheetPreview(request: SheetRequest, page: number): Promise<SheetPreview>;
  printers(): Promise<PrinterView[]>;
  /** Sends a sheet to a printer; the same sheet again is a reprint. */
  print(request: PrintRequest): Promise<PrintView>;
  /** What was sent, newest first. */
  prints(): Promise<PrintView[]>;
  planDelivery(request: DeliveryRequest): Promise<DeliveryPlanned>;
  /** Writes the delivery that was shown; rejects when it would be another one. */
  deliver(request: DeliveryRequest): Promise<DeliveryMade>;
  /** Schools, colleges, classes and days that have orders. */
  deliveryGroups(): Promise<DeliveryGroups>;
  deliveryProgress(): Promise<DeliveryProgress>;
  /** Ends the delivery after the file that it is at; the same delivery can be continued. */
  stopDelivery(): Promise<void>;
  /** Places that a delivery can go to, sticks and cards first. */
  drives(): Promise<DriveView[]>;
  /** Drives that burn discs; takes seconds while a disc spins up. */
  burners(): Promise<BurnerView[]>;
  /** A passphrase for an encrypted delivery, which nothing keeps. */
  suggestPassphrase(): Promise<string>;
  eject(path: string): Promise<void>;
  status(): Promise<OperatorStatus>;
  /** Looks a school's list through; nothing is written. */
  previewRoster(bytes: Uint8Array<ArrayBuffer>): Promise<RosterPreview>;
  /** The list that was shown, as another school's. */
  previewRosterFor(token: string, school: string): Promise<RosterPreview>;
  importRoster(token: string): Promise<RosterChanges>;
  rosterProgress(): Promise<RosterProgress>;
  rosters(): Promise<RosterOverview>;
  rosterStudents(query: RosterStudentsQuery): Promise<RosterStudents>;
  /** What is known about camera and wall. */
  studio(): Promise<StudioView>;
  /** Keeps the next frame as the picture of the empty studio, unless somebody is in it. */
  takePlate(): Promise<StudioView>;
  discardPlate(): Promise<StudioView>;
  /** That picture as the camera gave it; empty when there is none. */
  plate(): Promise<ArrayBuffer>;
  /** Lets the photo under review pass in spite of its failed checks. The reason is kept with who gave it. */
  overridePhoto(session: string, attempt: number, reason: string): Promise<void>;
  /** While framing: a JPEG, PNG or WebP file becomes the visit's shot. */
  importShot(session: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** Whatever was thrown, as a fault: the kiosk's own, else `internal`. */
export function asFault(thrown: unknown): Fault {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'detail' in thrown) {
    return thrown as Fault;
  }
  return { code: 'internal', detail: thrown instanceof Error ? thrown.message : String(thrown) };
}
