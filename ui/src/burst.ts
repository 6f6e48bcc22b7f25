import type { Burst } from './ipc/generated/Burst';
import type { BurstScore } from './ipc/generated/BurstScore';

/** In what the chosen frame was the best of its burst. */
export type BurstMerit = 'eyes_open' | 'sharpness' | 'turn';

const MERITS: Record<BurstMerit, (score: BurstScore) => number> = {
  eyes_open: (score) => score.eyes_open,
  sharpness: (score) => score.sharpness,
  turn: (score) => -Math.abs(score.turn),
};

/** What speaks for the chosen frame; nothing when it is the best on the whole only. */
export function whyChosen({ scores, chosen }: Burst): BurstMerit[] {
  const frame = scores[chosen];
  if (frame === undefined) return [];
  return (Object.keys(MERITS) as BurstMerit[]).filter((merit) => scores.every((other) => MERITS[merit](other) <= MERITS[merit](frame)));
}
