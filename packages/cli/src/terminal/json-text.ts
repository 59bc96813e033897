/** JSON that is safe on a terminal (S25): what is invisible or moves the cursor is escaped, as JSON itself can say it. */

export function jsonText(value: unknown, indent?: number): string {
  // JSON's own marks are ASCII, so that such a character is always inside a text; line breaks are the indentation's.
  return JSON.stringify(value, null, indent).replaceAll(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
