import { parseFrame, type Frame } from '../ipc/frame';

/** Pause after a refused or immediate empty answer, so that a dead camera does not spin the window. */
const REST_MS = 250;

export type PullOptions = {
  /** Asks for the newest frame after a number; waits for it, and answers empty when there is none. */
  nextFrame: (after: number) => Promise<ArrayBuffer>;
  /** Draws a frame; the next one is asked for when this is done, so that nothing queues up. */
  draw: (frame: Frame) => Promise<void>;
  /** Told when frames start or stop coming. */
  onLive: (live: boolean) => void;
  /** Whether anybody can see the picture. */
  visible?: () => boolean;
};

/** Pulls frames one at a time until the returned function is called. */
export function pullFrames({ nextFrame, draw, onLive, visible = pageVisible }: PullOptions): () => void {
  let running = true;
  let last = 0;
  let shown = 0;

  async function run(): Promise<void> {
    while (running) {
      if (!visible()) {
        await rest();
        continue;
      }
      const drawn = await pullOne();
      if (running) onLive(drawn);
      if (!drawn) await rest();
    }
  }

  async function pullOne(): Promise<boolean> {
    try {
      const frame = parseFrame(await nextFrame(last));
      if (frame === null) {
        // A camera that was opened again counts from the beginning.
        last = 0;
        return false;
      }
      last = frame.header.seq;
      // The same picture again is a still, not a live one.
      if (last === shown) return false;
      shown = last;
      if (running) await draw(frame);
      return true;
    } catch {
      return false;
    }
  }

  void run();
  return () => {
    running = false;
  };
}

function pageVisible(): boolean {
  return document.visibilityState !== 'hidden';
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}
