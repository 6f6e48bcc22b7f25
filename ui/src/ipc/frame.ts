import type { FrameHeader } from './generated/FrameHeader';

/** One preview frame: its header and the camera's JPEG. */
export type Frame = { header: FrameHeader; jpeg: Uint8Array<ArrayBuffer> };

const LENGTH_BYTES = 4;

/**
 * Takes a frame off the wire: 4 bytes little-endian header length, the header as JSON, the JPEG.
 * `null` for an empty buffer (no newer frame) and for anything cut short.
 */
export function parseFrame(wire: ArrayBuffer): Frame | null {
  if (wire.byteLength <= LENGTH_BYTES) return null;
  const headerLength = new DataView(wire).getUint32(0, true);
  const jpegStart = LENGTH_BYTES + headerLength;
  if (jpegStart >= wire.byteLength) return null;
  const text = new TextDecoder().decode(new Uint8Array(wire, LENGTH_BYTES, headerLength));
  try {
    return { header: JSON.parse(text) as FrameHeader, jpeg: new Uint8Array(wire, jpegStart) };
  } catch {
    return null;
  }
}

/** The reverse, for the in-browser backend and for tests. */
export function writeFrame(header: FrameHeader, jpeg: Uint8Array): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const wire = new Uint8Array(LENGTH_BYTES + text.length + jpeg.length);
  new DataView(wire.buffer).setUint32(0, text.length, true);
  wire.set(text, LENGTH_BYTES);
  wire.set(jpeg, LENGTH_BYTES + text.length);
  return wire.buffer;
}
