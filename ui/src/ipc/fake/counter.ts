import type { OperatorBackend } from '../backend';
import type { Fault } from '../generated/Fault';
import type { FaultCode } from '../generated/FaultCode';
import type { MoneyEntry } from '../generated/MoneyEntry';
import type { NoteView } from '../generated/NoteView';
import type { OrderRow } from '../generated/OrderRow';
import type { PaymentKind } from '../generated/PaymentKind';
import type { ReviewView } from '../generated/ReviewView';
import type { SettlementLine } from '../generated/SettlementLine';
import type { WaiverReason } from '../generated/WaiverReason';

const fault = (code: FaultCode, detail = ''): Fault => ({ code, detail });
const ACTOR = 'operator';
const DAY = '2026-11-21';

type Kept = { entries: MoneyEntry[]; reviews: ReviewView[]; notes: NoteView[]; cohort: string | null; handover: string | null };

/** What the counter of the fake remembers of its orders. */
export class FakeCounter {
  readonly #kept = new Map<string, Kept>();
  #entries = 0;

  of(order: string): Kept {
    const known = this.#kept.get(order) ?? { entries: [], reviews: [], notes: [], cohort: null, handover: null };
    this.#kept.set(order, known);
    return known;
  }

  owing(order: string, price: number): number {
    return this.of(order).entries.reduce((owed, entry) => owed + (entry.gives_back === null ? -entry.fen : entry.fen), price);
  }

  desk(row: OrderRow): Awaited<ReturnType<OperatorBackend['orderDesk']>> {
    const { entries, reviews, notes, cohort, handover } = this.of(row.number);
    return { price: row.price, owing: this.owing(row.number, row.price), entries: [...entries], reviews: [...reviews], notes: [...notes], cohort, handover, handovers: ['counter', 'class', 'post'] };
  }

  take(row: OrderRow, kind: PaymentKind, fen: number, reason: WaiverReason | null): void {
    if (fen <= 0 || fen > this.owing(row.number, row.price)) throw fault('amount_wrong');
    this.#add(row.number, { kind, fen, left: fen, gives_back: null, reason });
  }

  refund(id: string, fen: number): void {
    for (const [order, { entries }] of this.#kept) {
      const paid = entries.find((entry) => entry.id === id);
      if (paid === undefined) continue;
      if (fen <= 0 || fen > paid.left) throw fault('amount_wrong');
      paid.left -= fen;
      this.#add(order, { kind: paid.kind, fen, left: 0, gives_back: id, reason: null });
      return;
    }
    throw fault('amount_wrong', 'no such payment');
  }

  /** The price of a visit that has no order yet. */
  payBefore(session: string, kind: PaymentKind, fen: number, reason: WaiverReason | null): void {
    this.#add(session, { kind, fen, left: fen, gives_back: null, reason });
  }

  settlement(rows: readonly OrderRow[]): Awaited<ReturnType<OperatorBackend['settlement']>> {
    const lines = new Map<PaymentKind, SettlementLine>();
    for (const entry of [...this.#kept.values()].flatMap((kept) => kept.entries)) {
      const line = lines.get(entry.kind) ?? { kind: entry.kind, actor: ACTOR, payments: 0, taken: 0, refunds: 0, given_back: 0 };
      if (entry.gives_back === null) lines.set(entry.kind, { ...line, payments: line.payments + 1, taken: line.taken + entry.fen });
      else lines.set(entry.kind, { ...line, refunds: line.refunds + 1, given_back: line.given_back + entry.fen });
    }
    const money = [...lines.values()].filter((line) => line.kind !== 'waived');
    return {
      day: DAY,
      lines: [...lines.values()],
      taken: money.reduce((sum, line) => sum + line.taken, 0),
      given_back: money.reduce((sum, line) => sum + line.given_back, 0),
      orders: rows.length,
      unpaid: rows.filter((row) => this.owing(row.number, row.price) > 0).length,
      unclaimed: [...this.#kept].filter(([order]) => !rows.some((row) => row.number === order)).flatMap(([, kept]) => kept.entries.map((entry) => ({ ...entry }))),
    };
  }

  #add(order: string, entry: Omit<MoneyEntry, 'id' | 'actor' | 'at'>): void {
    this.#entries += 1;
    this.of(order).entries.push({ ...entry, id: `entry-${this.#entries}`, actor: ACTOR, at: Date.now() });
  }
}
