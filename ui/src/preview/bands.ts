import type { BandReading } from '../ipc/generated/BandReading';
import type { SitterOverlay } from '../ipc/generated/SitterOverlay';
import { PHOTO } from '../screens/measures';
import { boxOnGlass, onGlass, type Rect } from './mapping';

/** A measure on the glass: where it should be, and where it is. Everything in pixels of the shown part of the frame. */
export type BandMark = Pick<BandReading, 'id' | 'verdict'> &
  (
    | { kind: 'row'; zone: Rect; at: number }
    | { kind: 'column'; zone: Rect; at: number }
    | { kind: 'width'; zones: [Rect, Rect]; at: [number, number] }
  );

type Crop = NonNullable<SitterOverlay['crop']>;

/** Where the width's ticks begin and end, in face widths from the eye line. */
const TICKS = { above: 0.12, below: 0.42 };
/** Height of the centre's band at the top of the crop, share of the crop: above the highest head. */
const TOP = 0.06;

/** The standard's bands, laid over the crop that the photo would have now. Without a crop there is nothing to lay them on. */
export function bandMarks({ bands, crop, eye_line, cheeks }: SitterOverlay, window: Rect): BandMark[] {
  if (crop === null) return [];
  return bands.flatMap((band): BandMark[] => {
    const { id, verdict } = band;
    if (id === 'head_top' || id === 'eye_line') return [{ id, verdict, kind: 'row', ...row(band, crop, window) }];
    if (id === 'centred') return [{ id, verdict, kind: 'column', ...column(band, crop, window) }];
    if (id === 'face_width') return [{ id, verdict, kind: 'width', ...width(band, crop, eye_line, cheeks, window) }];
    return [];
  });
}

/** Frame pixels for one photo pixel. */
function scaleOf(crop: Crop): number {
  return crop[2] / PHOTO.width;
}

function row({ value, low, high }: BandReading, crop: Crop, window: Rect): { zone: Rect; at: number } {
  const scale = scaleOf(crop);
  const zone = boxOnGlass([crop[0], crop[1] + low * scale, crop[2], (high - low) * scale], window);
  return { zone, at: onGlass([0, crop[1] + value * scale], window)[1] };
}

/** `value` counts from the photo's middle, to the right in the photo and so to the left on the glass. */
function column({ value, low, high }: BandReading, crop: Crop, window: Rect): { zone: Rect; at: number } {
  const scale = scaleOf(crop);
  const middle = crop[0] + crop[2] / 2;
  const zone = boxOnGlass([middle + low * scale, crop[1], (high - low) * scale, crop[3] * TOP], window);
  return { zone, at: onGlass([middle + value * scale, 0], window)[0] };
}

function width({ low, high }: BandReading, crop: Crop, eyes: number, cheeks: [number, number], window: Rect): { zones: [Rect, Rect]; at: [number, number] } {
  const scale = scaleOf(crop);
  const centre = (cheeks[0] + cheeks[1]) / 2;
  const face = cheeks[1] - cheeks[0];
  const [top, height] = [eyes - TICKS.above * face, (TICKS.above + TICKS.below) * face];
  const reach = ((high - low) / 2) * scale;
  const side = (left: number): Rect => boxOnGlass([left, top, reach, height], window);
  const tick = (at: number): number => onGlass([at, 0], window)[0];
  return { zones: [side(centre - (high / 2) * scale), side(centre + (low / 2) * scale)], at: [tick(cheeks[0]), tick(cheeks[1])] };
}
