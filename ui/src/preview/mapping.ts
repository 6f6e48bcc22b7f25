/** A point: column, row. */
export type Point = [number, number];

/** A rectangle in frame pixels. */
export type Rect = { x: number; y: number; width: number; height: number };

/** The largest rectangle of shape `aspect` (width ÷ height) around the middle of a frame. */
export function middleOf(frameWidth: number, frameHeight: number, aspect: number): Rect {
  const width = Math.min(frameWidth, Math.round(frameHeight * aspect));
  const height = Math.min(frameHeight, Math.round(frameWidth / aspect));
  return { x: Math.round((frameWidth - width) / 2), y: Math.round((frameHeight - height) / 2), width, height };
}

/** The canvas matrix that brings the picture of a camera on its side upright, in pixels of the upright frame. */
export function uprightMatrix(orientation: number, width: number, height: number): [number, number, number, number, number, number] {
  if (orientation === 90) return [0, 1, -1, 0, width, 0];
  if (orientation === 180) return [-1, 0, 0, -1, width, height];
  if (orientation === 270) return [0, -1, 1, 0, 0, height];
  return [1, 0, 0, 1, 0, 0];
}

/**
 * Where a frame pixel appears on the glass, in pixels of `window`: the preview is a mirror, so columns run from
 * the right. The overlay is mapped instead of being flipped, so that its letters stay readable.
 */
export function onGlass([x, y]: Point, window: Rect): Point {
  return [window.width - (x - window.x), y - window.y];
}

/** The same for a box; its left edge on the glass is its right edge in the frame. */
export function boxOnGlass([left, top, width, height]: [number, number, number, number], window: Rect): Rect {
  const [x, y] = onGlass([left + width, top], window);
  return { x, y, width, height };
}

/** `points` attribute of an SVG polygon. */
export function polygon(points: readonly Point[], window: Rect): string {
  return points.map((point) => onGlass(point, window).map((v) => v.toFixed(1)).join(',')).join(' ');
}
