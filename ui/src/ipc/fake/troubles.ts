import type { Instruction } from '../generated/Instruction';

type Pen = CanvasRenderingContext2D;
/** Draws in face widths `w`: on the wall around the picture's corner, on the head around the point between the eyes. */
type Draw = (pen: Pen, w: number) => void;

const HAIR = '#1d1a1b';

function oval(pen: Pen, x: number, y: number, rx: number, ry: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
  pen.fill();
}

function glasses(fill: string): Draw {
  return (pen, w) => {
    pen.lineWidth = 0.025 * w;
    pen.strokeStyle = '#20262c';
    pen.fillStyle = fill;
    for (const side of [-1, 1]) {
      pen.beginPath();
      pen.roundRect((side * 0.22 - 0.16) * w, -0.11 * w, 0.32 * w, 0.24 * w, 0.08 * w);
      pen.fill();
      pen.stroke();
    }
    pen.beginPath();
    pen.moveTo(-0.06 * w, 0);
    pen.lineTo(0.06 * w, 0);
    pen.stroke();
  };
}

/** What is wrong with the head, drawn over it. */
export const ON_HEAD: Partial<Record<Instruction, Draw>> = {
  show_brows: (pen, w) => oval(pen, 0, -0.2 * w, 0.46 * w, 0.17 * w, HAIR),
  show_ears: (pen, w) => {
    for (const side of [-1, 1]) oval(pen, side * 0.5 * w, 0.12 * w, 0.12 * w, 0.46 * w, HAIR);
  },
  no_glare: glasses('rgb(255 255 255 / 85%)'),
  clear_glasses: glasses('#252c36'),
  bare_head: (pen, w) => {
    oval(pen, 0, -0.5 * w, 0.58 * w, 0.34 * w, '#0a659f');
    oval(pen, 0, -0.3 * w, 0.6 * w, 0.08 * w, '#08507f');
  },
  close_mouth: (pen, w) => oval(pen, 0, 0.48 * w, 0.13 * w, 0.1 * w, '#6f2622'),
  relax_face: (pen, w) => {
    pen.fillStyle = '#ffffff';
    pen.beginPath();
    pen.ellipse(0, 0.42 * w, 0.22 * w, 0.15 * w, 0, 0, Math.PI);
    pen.fill();
  },
  look_at_lens: (pen, w) => {
    for (const side of [-1, 1]) {
      oval(pen, side * 0.22 * w, 0, 0.095 * w, 0.045 * w, '#ffffff');
      oval(pen, side * 0.22 * w, 0.028 * w, 0.036 * w, 0.03 * w, '#33211b');
    }
  },
};

/** What is wrong with the wall, drawn before the sitter. */
export const ON_WALL: Partial<Record<Instruction, Draw>> = {
  move_from_wall: (pen, w) => {
    oval(pen, 740, 320, 0.62 * w, 0.78 * w, 'rgb(40 46 52 / 55%)');
    oval(pen, 740, 760, 1.25 * w, 1.2 * w, 'rgb(40 46 52 / 55%)');
  },
  clear_background: (pen) => {
    pen.fillStyle = '#7f9a6a';
    for (let x = 0; x < 1280; x += 80) pen.fillRect(x, 0, 34, 720);
  },
};

/** A veil over the whole frame: its colour on the left and on the right of the picture, which is no mirror. */
export const VEIL: Partial<Record<Instruction, [string, string]>> = {
  more_light: ['rgb(4 8 14 / 78%)', 'rgb(4 8 14 / 78%)'],
  less_light: ['rgb(255 255 255 / 62%)', 'rgb(255 255 255 / 62%)'],
  lamp_colour: ['rgb(255 140 20 / 34%)', 'rgb(255 140 20 / 34%)'],
  left_lamp: ['rgb(4 8 14 / 0%)', 'rgb(4 8 14 / 82%)'],
  right_lamp: ['rgb(4 8 14 / 82%)', 'rgb(4 8 14 / 0%)'],
};
