/** JSON that is safe on a terminal (S25): invisible characters and those that move the cursor are escaped with JSON's own escapes. */

export function jsonText(value: unknown, indent?: number): string {
  // JSON's own syntax is ASCII, so such a character is always inside a string; line breaks come from the indentation.
  return JSON.stringify(value, null, indent).replaceAll(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
