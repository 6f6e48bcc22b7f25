import type { Fault } from '../generated/Fault';
import type { PreviewPhoto } from '../generated/PreviewPhoto';
import type { PrinterView } from '../generated/PrinterView';
import type { PrintRequest } from '../generated/PrintRequest';
import type { PrintView } from '../generated/PrintView';
import type { SheetLook } from '../generated/SheetLook';
import type { SheetMade } from '../generated/SheetMade';
import type { SheetPreview } from '../generated/SheetPreview';
import type { SheetRequest } from '../generated/SheetRequest';
import { student } from './students';

const PAPERS: Record<string, [number, number]> = { '5r': [89, 127], '6r': [152, 102], a4: [210, 297] };
const MARGIN = 3;
const LABEL = 33;

const fault = (code: Fault['code'], detail = ''): Fault => ({ code, detail });
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Sheets and printers of the fake desk. The layout is plainer than the real one. */
export class FakeSheets {
  #prints: PrintView[] = [];
  #sheets = 0;

  async make({ orders, look }: SheetRequest): Promise<SheetMade> {
    await pause(600);
    const { pages } = layout(orders, look);
    return { id: `sheet-${++this.#sheets}`, path: `/home/kiosk/sheets/261121-${look.paper}.pdf`, pages: pages.length, students: orders.length, copies: orders.length * look.copies };
  }

  async preview({ orders, look }: SheetRequest, page: number): Promise<SheetPreview> {
    const { pages, size } = layout(orders, look);
    const photos = pages[page] ?? [];
    const used = pages.length * size[0] * size[1];
    const shown = [...new Set(photos.map((photo) => photo.order))];
    const label = (order: string, i: number) => {
      const own = photos.filter((photo) => photo.order === order);
      const last = own[own.length - 1] ?? { x: 0, y: 0, width: 0, height: 0 };
      const x = Math.min(last.x + last.width, size[0] - LABEL);
      return { order, name: student(i).name, x, y: last.y, width: LABEL, height: last.height, barcode: true };
    };
    return {
      page_width: size[0],
      page_height: size[1],
      pages: pages.length,
      students: orders.length,
      copies: orders.length * look.copies,
      waste_percent: 100 * (1 - (orders.length * look.copies * 33 * 48) / used),
      page,
      photos,
      labels: look.ganged || !look.label ? [] : shown.map(label),
      marks: photos.slice(0, 1).map((photo) => [photo.x, 0.5, photo.x, photo.y - 0.5]),
      missing_glyphs: [],
    };
  }

  async printers(): Promise<PrinterView[]> {
    return [
      { name: 'DNP-DS620', is_default: true, stopped: null },
      { name: 'Office', is_default: false, stopped: 'media-empty' },
    ];
  }

  async print({ sheet, printer }: PrintRequest): Promise<PrintView> {
    await pause(200);
    const stopped = (await this.printers()).find((one) => one.name === printer)?.stopped ?? null;
    if (stopped !== null) throw fault('printer_stopped', stopped);
    const print: PrintView = { id: this.#prints.length + 1, sheet, file: `${sheet}.pdf`, printer, state: 'sent', detail: '', at: Date.now() };
    this.#prints = [print, ...this.#prints];
    setTimeout(() => (this.#prints = this.#prints.map((one) => (one.id === print.id ? { ...one, state: 'printed' } : one))), 1_500);
    return print;
  }

  async prints(): Promise<PrintView[]> {
    return this.#prints;
  }
}

/** Rows of upright prints; a student begins a row unless ganged. */
function layout(orders: string[], look: SheetLook): { pages: PreviewPhoto[][]; size: [number, number] } {
  const size = PAPERS[look.paper] ?? edges(look.paper);
  const print = edges(look.format);
  if (size === undefined || print === undefined) throw fault('paper_unknown', look.paper);
  const [width, height] = [print[0] + look.gap, print[1] + look.gap];
  const across = Math.floor((size[0] - 2 * MARGIN - (look.ganged || !look.label || look.paper !== 'a4' ? 0 : LABEL)) / width);
  const down = Math.floor((size[1] - 2 * MARGIN) / height);
  if (across < 1 || down < 1) throw fault('paper_unknown', look.paper);
  const rows = look.ganged ? 0 : Math.ceil(look.copies / across);
  const pages: PreviewPhoto[][] = [];
  orders.forEach((order, s) => {
    for (let copy = 0; copy < look.copies; copy++) {
      const cell = look.ganged ? s * look.copies + copy : s * rows * across + copy;
      const place = cell % (across * down);
      const page = Math.floor(cell / (across * down));
      const [x, y] = [MARGIN + (place % across) * width, MARGIN + Math.floor(place / across) * height];
      (pages[page] ??= []).push({ order, x, y, width: print[0], height: print[1], turned: false });
    }
  });
  return { pages, size };
}

function edges(text: string): [number, number] | undefined {
  const [a, b] = text.split('x').map(Number);
  return a !== undefined && b !== undefined && a > 0 && b > 0 ? [a, b] : undefined;
}
