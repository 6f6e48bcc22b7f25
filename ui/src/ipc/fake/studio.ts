import type { BandReading } from '../generated/BandReading';
import type { CheckId } from '../generated/CheckId';
import type { Instruction } from '../generated/Instruction';
import type { Overlay } from '../generated/Overlay';
import type { SitterOverlay } from '../generated/SitterOverlay';
import type { Verdict } from '../generated/Verdict';
import { ON_HEAD, ON_WALL, VEIL } from './troubles';

/** The drawn studio's frame. */
export const FRAME = { width: 1280, height: 720 };
const PHOTO = { width: 480, height: 640 };
const LIGHT_BLUE = '#64c5ff';

/** Where the drawn head is: the face's centre column, the eyes' row, cheek to cheek, and the lean in degrees. */
export type Pose = {
  x: number;
  eyes: number;
  width: number;
  lean: number;
  blink: boolean;
  /** How far the face is turned to the picture's right, in face widths. */
  turn: number;
  /** What somebody would say about it. */
  trouble: Instruction;
};

export const GOOD_POSE: Pose = { x: 640, eyes: 300, width: 236, lean: 0, blink: false, turn: 0, trouble: 'hold_still' };

type Pen = CanvasRenderingContext2D;

function canvas(width: number, height: number): { element: HTMLCanvasElement; pen: Pen } | null {
  const element = document.createElement('canvas');
  element.width = width;
  element.height = height;
  const pen = element.getContext('2d');
  return pen === null ? null : { element, pen };
}

async function jpeg(element: HTMLCanvasElement, quality: number): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((done) => element.toBlob(done, 'image/jpeg', quality));
  return blob === null ? new Uint8Array() : new Uint8Array(await blob.arrayBuffer());
}

/** A frame of the sitter in front of the wall. Empty where nothing can be drawn (unit tests). */
export async function sitterFrame(pose: Pose): Promise<Uint8Array> {
  const paper = canvas(FRAME.width, FRAME.height);
  if (paper === null) return new Uint8Array();
  drawWall(paper.pen);
  drawScene(paper.pen, pose);
  return jpeg(paper.element, 0.85);
}

/** A frame of the wall alone. */
export async function wallFrame(): Promise<Uint8Array> {
  const paper = canvas(FRAME.width, FRAME.height);
  if (paper === null) return new Uint8Array();
  drawWall(paper.pen);
  return jpeg(paper.element, 0.85);
}

/** The sitter with whatever is wrong around them. */
function drawScene(pen: Pen, pose: Pose): void {
  ON_WALL[pose.trouble]?.(pen, pose.width);
  if (pose.trouble === 'come_into_view') return;
  if (pose.trouble === 'one_person_only') drawSitter(pen, { ...pose, x: pose.x + 230, eyes: 350, width: 170 });
  drawSitter(pen, pose);
  if (pose.trouble === 'sit_still') {
    pen.globalAlpha = 0.45;
    for (const shift of [-26, 26]) drawSitter(pen, { ...pose, x: pose.x + shift });
    pen.globalAlpha = 1;
  }
  if (pose.trouble === 'real_person_only') drawFrameAround(pen, pose);
  const veil = VEIL[pose.trouble];
  if (veil) drawVeil(pen, pose, veil);
}

/** The sitter is a picture on a phone. */
function drawFrameAround(pen: Pen, { x }: Pose): void {
  pen.strokeStyle = '#12161b';
  pen.lineWidth = 700;
  pen.beginPath();
  pen.roundRect(x - 240 - 350, 30 - 350, 480 + 700, 660 + 700, 380);
  pen.stroke();
}

function drawVeil(pen: Pen, { x, width }: Pose, [left, right]: [string, string]): void {
  const veil = pen.createLinearGradient(x - width * 0.35, 0, x + width * 0.35, 0);
  veil.addColorStop(0, left);
  veil.addColorStop(1, right);
  pen.fillStyle = veil;
  pen.fillRect(0, 0, FRAME.width, FRAME.height);
}

/** A frame of a hand with a phone that shows a code; `nearness` 0–1. */
export async function phoneFrame(nearness: number): Promise<Uint8Array> {
  const paper = canvas(FRAME.width, FRAME.height);
  if (paper === null) return new Uint8Array();
  drawWall(paper.pen);
  drawSitter(paper.pen, { ...GOOD_POSE, x: 820, width: 190, eyes: 330 });
  drawPhone(paper.pen, nearness);
  return jpeg(paper.element, 0.85);
}

/** The finished photo of a pose, 480×640 on the standard's light blue. */
export async function photoOf(pose: Pose): Promise<Uint8Array> {
  const paper = canvas(PHOTO.width, PHOTO.height);
  if (paper === null) return new Uint8Array();
  paper.pen.fillStyle = LIGHT_BLUE;
  paper.pen.fillRect(0, 0, PHOTO.width, PHOTO.height);
  drawSitter(paper.pen, { ...pose, x: 240, eyes: 250, width: 240 });
  return jpeg(paper.element, 0.92);
}

function drawWall(pen: Pen): void {
  const light = pen.createRadialGradient(560, 260, 80, 640, 360, 820);
  light.addColorStop(0, '#e9edf0');
  light.addColorStop(1, '#a9b2b9');
  pen.fillStyle = light;
  pen.fillRect(0, 0, FRAME.width, FRAME.height);
}

/** Head, hair and shoulders; everything is measured in face widths `w` from the point between the eyes. */
function drawSitter(pen: Pen, pose: Pose): void {
  const w = pose.width;
  pen.save();
  pen.translate(pose.x, pose.eyes);

  pen.save();
  if (pose.trouble === 'level_shoulders') pen.rotate(-0.11);
  pen.fillStyle = pose.trouble === 'change_clothes' ? '#b9dcf2' : '#22364d';
  pen.beginPath();
  pen.moveTo(-1.25 * w, 2.6 * w);
  pen.bezierCurveTo(-1.25 * w, 1.35 * w, -0.8 * w, 1.2 * w, -0.3 * w, 1.05 * w);
  pen.lineTo(0.3 * w, 1.05 * w);
  pen.bezierCurveTo(0.8 * w, 1.2 * w, 1.25 * w, 1.35 * w, 1.25 * w, 2.6 * w);
  pen.fill();
  pen.fillStyle = '#f5f7f8';
  pen.beginPath();
  pen.moveTo(-0.26 * w, 1.06 * w);
  pen.lineTo(0, 1.5 * w);
  pen.lineTo(0.26 * w, 1.06 * w);
  pen.fill();
  pen.restore();

  pen.fillStyle = '#d9aa88';
  pen.fillRect(-0.22 * w, 0.5 * w, 0.44 * w, 0.62 * w);
  pen.beginPath();
  pen.ellipse(0, 1.12 * w, 0.22 * w, 0.12 * w, 0, 0, Math.PI);
  pen.fill();

  pen.rotate((pose.lean * Math.PI) / 180);
  drawHead(pen, w, pose);
  ON_HEAD[pose.trouble]?.(pen, w);
  pen.restore();
}

function drawHead(pen: Pen, w: number, { blink, turn }: Pose): void {
  const ellipse = (x: number, y: number, rx: number, ry: number, colour: string): void => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.ellipse(x * w, y * w, rx * w, ry * w, 0, 0, 2 * Math.PI);
    pen.fill();
  };
  ellipse(0, -0.1, 0.56, 0.64, '#1d1a1b');
  ellipse(-0.51, 0.1, 0.07, 0.14, '#d9a583');
  ellipse(0.51, 0.1, 0.07, 0.14, '#d9a583');
  const skin = pen.createLinearGradient(-0.5 * w, 0, 0.5 * w, 0);
  skin.addColorStop(0, '#eec6a8');
  skin.addColorStop(1, '#dfb192');
  pen.fillStyle = skin;
  pen.beginPath();
  pen.ellipse(0, 0.12 * w, 0.49 * w, 0.66 * w, 0, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = '#1d1a1b';
  pen.beginPath();
  pen.ellipse(0, -0.3 * w, 0.5 * w, 0.34 * w, 0, Math.PI, 2 * Math.PI);
  pen.quadraticCurveTo(0.3 * w, -0.36 * w, 0, -0.36 * w);
  pen.quadraticCurveTo(-0.3 * w, -0.36 * w, -0.5 * w, -0.3 * w);
  pen.fill();
  for (const side of [-1, 1]) {
    const x = side * 0.22 + turn;
    ellipse(x, -0.13, 0.12, 0.02, '#2a2322');
    if (blink) {
      ellipse(x, 0, 0.09, 0.008, '#6d4a3b');
    } else {
      ellipse(x, 0, 0.095, 0.042, '#ffffff');
      ellipse(x, 0, 0.04, 0.04, '#33211b');
    }
  }
  ellipse(turn * 1.2, 0.26, 0.06, 0.035, '#cf9a7a');
  ellipse(turn, 0.47, 0.15, 0.028, '#b76d63');
}

function drawPhone(pen: Pen, nearness: number): void {
  const size = 150 + 130 * nearness;
  const [x, y] = phoneAt(nearness);
  pen.save();
  pen.translate(x, y);
  pen.rotate(-0.06);
  pen.fillStyle = '#e2b595';
  pen.beginPath();
  pen.ellipse(0, size * 1.25, size * 0.75, size * 0.8, 0, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = '#12161b';
  pen.beginPath();
  pen.roundRect(-size * 0.62, -size * 1.05, size * 1.24, size * 2.2, 26);
  pen.fill();
  pen.fillStyle = '#ffffff';
  pen.fillRect(-size * 0.55, -size * 0.9, size * 1.1, size * 1.9);
  drawCode(pen, size);
  pen.restore();
}

/** A pattern that looks like a code, and is none. */
function drawCode(pen: Pen, size: number): void {
  const modules = 25;
  const module = size / modules;
  pen.fillStyle = '#0d1117';
  for (let row = 0; row < modules; row += 1) {
    for (let column = 0; column < modules; column += 1) {
      const inFinder = (row < 8 || row > 16) && (column < 8 || column > 16) && !(row > 16 && column > 16);
      if (!inFinder && (row * 7 + column * 13 + row * column) % 5 < 2) {
        pen.fillRect(-size / 2 + column * module, -size / 2 + row * module, module + 0.5, module + 0.5);
      }
    }
  }
  for (const [row, column] of [[0, 0], [0, 18], [18, 0]] as const) {
    const left = -size / 2 + column * module;
    const top = -size / 2 + row * module;
    pen.fillStyle = '#0d1117';
    pen.fillRect(left, top, 7 * module, 7 * module);
    pen.fillStyle = '#ffffff';
    pen.fillRect(left + module, top + module, 5 * module, 5 * module);
    pen.fillStyle = '#0d1117';
    pen.fillRect(left + 2 * module, top + 2 * module, 3 * module, 3 * module);
  }
}

function phoneAt(nearness: number): [number, number] {
  return [560 + 40 * nearness, 620 - 260 * nearness];
}

/** The outline of the drawn code. */
export function codeOverlay(nearness: number): Overlay {
  const half = (150 + 130 * nearness) / 2;
  const [x, y] = phoneAt(nearness);
  const turned = (dx: number, dy: number): [number, number] => [x + dx + 0.06 * dy, y + dy - 0.06 * dx];
  const code: Overlay['code'] = [turned(-half, -half), turned(half, -half), turned(half, half), turned(-half, half)];
  return { code, sitter: null };
}

/** The measured lines of a drawn pose, as an analysis would report them; none while nobody is there. */
export function sitterOverlay(pose: Pose): SitterOverlay | null {
  if (pose.trouble === 'come_into_view') return null;
  const w = pose.width;
  const outline = Array.from({ length: 36 }, (_, i): [number, number] => {
    const angle = (i / 36) * 2 * Math.PI;
    return [pose.x + 0.57 * w * Math.cos(angle), pose.eyes + 0.02 * w + 0.77 * w * Math.sin(angle)];
  });
  const crop = cropOf(pose);
  const bands = crop === null ? [] : bandsOf(pose, crop);
  const failed = crop === null || bands.some(({ verdict }) => verdict === 'fail');
  return {
    outline,
    crop,
    crown: crownOf(pose),
    eye_line: pose.eyes,
    cheeks: [pose.x - w / 2, pose.x + w / 2],
    bands,
    verdict: failed ? 'fail' : pose.trouble === 'hold_still' ? 'pass' : 'warn',
  };
}

type Crop = [number, number, number, number];

/** The crop with the face in the middle of its bands, pushed into the frame; none when it is larger than that. */
function cropOf({ x, eyes, width }: Pose): Crop | null {
  const [w, h] = [2 * width, (2 * width * PHOTO.height) / PHOTO.width];
  if (h > FRAME.height) return null;
  const into = (at: number, room: number): number => Math.min(Math.max(0, at), room);
  return [into(x - w / 2, FRAME.width - w), into(eyes - (h * 250) / PHOTO.height, FRAME.height - h), w, h];
}

function crownOf({ eyes, width }: Pose): number {
  return eyes - 0.74 * width;
}

function bandsOf(pose: Pose, [left, top, w]: Crop): BandReading[] {
  const scale = PHOTO.width / w;
  const band = (id: CheckId, value: number, low: number, high: number): BandReading => ({ id, value, low, high, verdict: within(value, low, high) });
  return [
    band('head_top', (crownOf(pose) - top) * scale, 50, 110),
    band('eye_line', (pose.eyes - top) * scale, 200, 300),
    band('face_width', pose.width * scale, 180, 300),
    band('centred', (pose.x - left) * scale - PHOTO.width / 2, -12, 12),
  ];
}

/** Close to a limit is within a tenth of the band. */
function within(value: number, low: number, high: number): Verdict {
  const reserve = Math.min(value - low, high - value) / (high - low);
  return reserve < 0 ? 'fail' : reserve < 0.1 ? 'warn' : 'pass';
}
