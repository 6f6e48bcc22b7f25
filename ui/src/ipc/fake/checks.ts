import { CHECKS } from '../../checks';
import type { Burst } from '../generated/Burst';
import type { Check } from '../generated/Check';
import type { CheckId } from '../generated/CheckId';
import type { PhotoView } from '../generated/PhotoView';
import type { Provenance } from '../generated/Provenance';
import type { ShotSource } from '../generated/ShotSource';

type Measured = Partial<Record<CheckId, Omit<Check, 'id'>>>;

const px = (value: number, low: number, high: number): Omit<Check, 'id'> => ({ verdict: 'pass', value, unit: 'px', limit: [low, high] });

const GOOD: Measured = {
  head_top: px(72, 50, 110),
  eye_line: px(250, 200, 300),
  face_width: px(240, 180, 300),
  centred: px(1.2, -12, 12),
  roll: { verdict: 'pass', value: 0.6, unit: 'deg', limit: [-5, 5] },
  sharpness: { verdict: 'warn', value: 0.34, unit: 'ratio', limit: [0.3, 1] },
  file_bytes: { verdict: 'pass', value: 31_240, unit: 'bytes', limit: [20_480, 40_000] },
  gaze: { verdict: 'unknown', value: null, unit: 'deg', limit: null },
  glasses_tint: { verdict: 'unknown', value: null, unit: 'ratio', limit: null },
};

const LEANING: Measured = {
  ...GOOD,
  roll: { verdict: 'fail', value: 7.4, unit: 'deg', limit: [-5, 5] },
  eyes_open: { verdict: 'fail', value: 0.12, unit: 'ratio', limit: [0.16, 1] },
};

/** Eight frames of somebody who blinks in the second one and is sharpest in the sixth. */
const BURST: Burst = {
  frames: 8,
  chosen: 5,
  scores: Array.from({ length: 8 }, (_, i) => ({
    eyes_open: i === 1 ? 0.08 : i === 5 ? 0.34 : 0.3,
    sharpness: i === 5 ? 0.61 : 0.5 + 0.01 * i,
    turn: i === 3 ? 0.4 : 1.2,
    score: i === 5 ? 0.93 : 0.8,
  })),
};

/** A calibrated camera before a wall that is known. */
export const MADE: Provenance = {
  calibration: { id: 'booth', white_balance: [1.12, 1, 1.23], exposure_stops: 0.15, orientation: 0, newly_clipped: 0.0012 },
  clean_plate: { sha256: '0'.repeat(64), outcome: 'used' },
  source_profile: null,
  ignored_profile: null,
};

/** A report in which every check has its row. */
export function photoView(good: boolean, source: ShotSource = 'camera'): PhotoView {
  const measured = good ? GOOD : LEANING;
  const checks = (Object.keys(CHECKS.en) as CheckId[]).map(
    (id): Check => ({ id, ...(measured[id] ?? { verdict: 'pass', value: null, unit: 'ratio', limit: null }) }),
  );
  return {
    geometry: { head_top: 72, eye_line: 250, face_width: 240, centre_x: 240 },
    transform: { scale: 1.017, offset_x: 404, offset_y: 54.2 },
    checks,
    bytes: 31_240,
    meets_standard: good,
    burst: source === 'camera' ? BURST : null,
    source,
    provenance: source === 'camera' ? MADE : { calibration: null, clean_plate: null, source_profile: 'Display P3', ignored_profile: null },
  };
}
