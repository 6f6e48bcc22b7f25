/** What a browser and the kiosk both read. */
export const IMPORTED_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;

/** Larger files are no portraits; reading them would only fill the memory. */
const MOST_BYTES = 40_000_000;

export type Unfit = 'type' | 'empty' | 'large';

/** Why a file is not even tried; the kiosk has the last word on the others. */
export function unfit({ type, size }: Pick<File, 'type' | 'size'>): Unfit | null {
  if (!IMPORTED_TYPES.some((known) => known === type)) return 'type';
  if (size === 0) return 'empty';
  return size > MOST_BYTES ? 'large' : null;
}
