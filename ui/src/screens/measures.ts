import type { Check } from '../ipc/generated/Check';
import type { CheckId } from '../ipc/generated/CheckId';
import type { Geometry } from '../ipc/generated/Geometry';

/** The finished photo, pixels: 教毕指〔2017〕99号. */
export const PHOTO = { width: 480, height: 640 };

/** The standard's bands; a report that carries the recipient's own limits has the last word. */
const BANDS = { head_top: [50, 110], eye_line: [200, 300], face_width: [180, 300] } as const;
type Banded = keyof typeof BANDS;

/** A horizontal measure: the allowed rows and the measured one. */
export type Row = { id: Banded; low: number; high: number; at: number };
/** The face's width: measured edges, and the widest and narrowest that are allowed. */
export type Width = { left: number; right: number; centre: number; narrowest: [number, number]; widest: [number, number] };

export type Measures = { rows: Row[]; width: Width };

export function measures(geometry: Geometry, checks: readonly Check[]): Measures {
  const limit = (id: Banded): readonly [number, number] => limitOf(checks, id) ?? BANDS[id];
  const row = (id: 'head_top' | 'eye_line'): Row => ({ id, low: limit(id)[0], high: limit(id)[1], at: geometry[id] });
  const around = (width: number): [number, number] => [geometry.centre_x - width / 2, geometry.centre_x + width / 2];
  const [left, right] = around(geometry.face_width);
  const [low, high] = limit('face_width');
  return {
    rows: [row('head_top'), row('eye_line')],
    width: { left, right, centre: geometry.centre_x, narrowest: around(low), widest: around(high) },
  };
}

function limitOf(checks: readonly Check[], id: CheckId): readonly [number, number] | null {
  return checks.find((check) => check.id === id)?.limit ?? null;
}

/** The sizes at which a photo pixel is shown; steps of a quarter keep the picture crisp enough to judge. */
const SCALES = [3, 2.5, 2, 1.75, 1.5, 1.25, 1, 0.75, 0.5];

/** The largest of the scales at which the whole photo fits. */
export function scaleThatFits(width: number, height: number): number {
  return SCALES.find((scale) => PHOTO.width * scale <= width && PHOTO.height * scale <= height) ?? 0.5;
}
