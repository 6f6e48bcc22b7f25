/** What the order log accepts as a PIN. */
export const PIN_LENGTH = { least: 4, most: 12 };

export function isPin(text: string): boolean {
  return /^\d+$/.test(text) && text.length >= PIN_LENGTH.least && text.length <= PIN_LENGTH.most;
}
