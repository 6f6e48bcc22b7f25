/** Text after an edit, and where the caret stands. */
export type Edited = { text: string; caret: number };

/** Puts `key` in the place of what is selected. */
export function insert(text: string, key: string, start: number, end: number): Edited {
  return { text: text.slice(0, start) + key + text.slice(end), caret: start + key.length };
}

/** Takes away what is selected, else the character before the caret. */
export function erase(text: string, start: number, end: number): Edited {
  const from = start === end ? Math.max(0, start - 1) : start;
  return { text: text.slice(0, from) + text.slice(end), caret: from };
}
