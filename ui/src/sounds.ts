/** Where sounds end; a machine without any, or a page that nobody touched yet, stays silent and nothing fails. */
export class Sounds {
  readonly #make: () => AudioContext | null;
  /** Asked for again while there is none: a loudspeaker may be plugged in later. */
  #context: AudioContext | null = null;

  constructor(make: () => AudioContext | null = newContext) {
    this.#make = make;
  }

  /** Browsers allow sound after the first touch only. */
  wake(): void {
    try {
      this.#context ??= this.#make();
      if (this.#context?.state === 'suspended') void this.#context.resume().catch(() => undefined);
    } catch {
      this.#context = null;
    }
  }

  /** One second of the countdown. */
  tick(): void {
    this.#play((context, now) => beep(context, now, { hertz: 880, seconds: 0.07, volume: 0.16 }));
  }

  /** The mirror goes up, the curtain falls: two clicks. */
  shutter(): void {
    this.#play((context, now) => {
      click(context, now, { hertz: 2_400, seconds: 0.035, volume: 0.5 });
      beep(context, now, { hertz: 150, seconds: 0.05, volume: 0.2 });
      click(context, now + 0.085, { hertz: 1_500, seconds: 0.055, volume: 0.42 });
      beep(context, now + 0.085, { hertz: 110, seconds: 0.06, volume: 0.18 });
    });
  }

  /** A sound that cannot be heard now is dropped: heard later it would mean something else. */
  #play(sound: (context: AudioContext, now: number) => void): void {
    this.wake();
    try {
      if (this.#context?.state === 'running') sound(this.#context, this.#context.currentTime);
    } catch {
      this.#context = null;
    }
  }
}

type Sound = { hertz: number; seconds: number; volume: number };

function newContext(): AudioContext | null {
  return typeof AudioContext === 'undefined' ? null : new AudioContext();
}

function beep(context: AudioContext, at: number, { hertz, seconds, volume }: Sound): void {
  const tone = context.createOscillator();
  tone.type = 'triangle';
  tone.frequency.value = hertz;
  tone.connect(fading(context, at, seconds, volume));
  tone.start(at);
  tone.stop(at + seconds);
}

/** A burst of noise around one pitch: something mechanical. */
function click(context: AudioContext, at: number, { hertz, seconds, volume }: Sound): void {
  const samples = Math.ceil(context.sampleRate * seconds);
  const buffer = context.createBuffer(1, samples, context.sampleRate);
  buffer.getChannelData(0).forEach((_, i, channel) => (channel[i] = Math.random() * 2 - 1));
  const noise = context.createBufferSource();
  noise.buffer = buffer;
  const band = context.createBiquadFilter();
  band.type = 'bandpass';
  band.frequency.value = hertz;
  band.Q.value = 0.9;
  noise.connect(band).connect(fading(context, at, seconds, volume));
  noise.start(at);
}

/** Loud at `at`, gone after `seconds`. */
function fading(context: AudioContext, at: number, seconds: number, volume: number): GainNode {
  const gain = context.createGain();
  gain.gain.setValueAtTime(volume, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  gain.connect(context.destination);
  return gain;
}

/** The kiosk's loudspeaker. */
export const sounds = new Sounds();
