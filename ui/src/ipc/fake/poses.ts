import type { Instruction } from '../generated/Instruction';
import { GOOD_POSE, type Pose } from './studio';

/** How somebody sits to whom an instruction is said; everything else about them shows in `troubles.ts`. */
const POSES: Partial<Record<Instruction, Partial<Pose>>> = {
  come_closer: { width: 140, eyes: 330 },
  step_back: { width: 330, eyes: 330 },
  move_left: { x: 500 },
  move_right: { x: 780 },
  sit_higher: { eyes: 420 },
  sit_lower: { eyes: 190 },
  turn_left: { turn: -0.11 },
  turn_right: { turn: 0.11 },
  tilt_left: { lean: -11 },
  tilt_right: { lean: 11 },
  open_eyes: { blink: true },
};

export function poseFor(instruction: Instruction): Pose {
  return { ...GOOD_POSE, ...POSES[instruction], trouble: instruction };
}
