/** What is typed and what is not, on a page of this shape. */
import { describe, expect, test } from 'vitest'
import { commandsOf, settingsOf } from './guide-page.ts'

const page = `# Title

    first

## Section

Words with \`code\`.

    sudo one |
      two

- An item:

  \`\`\`yaml
  key:
      deep: value
  \`\`\`

1. A step:

       three 2>/dev/null

### Next \`one\`

    four
`

describe('a guide', () => {
  test('says what to type below each heading, and not what belongs into a file', () => {
    expect(commandsOf(page, 'Title')).toBe('first')
    expect(commandsOf(page, 'Section')).toBe('sudo one |\ntwo\nthree 2>/dev/null')
    expect(commandsOf(page, 'Next `one`')).toBe('four')
  })

  test('says what belongs into a file', () => {
    expect(settingsOf(page, 'Section')).toBe('  key:\n      deep: value')
  })

  test('is not one if there is nothing to type, or no such heading', () => {
    expect(() => commandsOf(page, 'Elsewhere')).toThrow('no commands below Elsewhere')
    expect(() => settingsOf(page, 'Title')).toThrow('no settings below Title')
  })
})
