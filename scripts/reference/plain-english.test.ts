/** Texts for people are in plain technical English: these phrases were translated word by word, and are rejected. */
import { describe, expect, test } from 'vitest'
import { problems } from '../../packages/contract/src/problems/index.ts'
import { repositoryTexts, textOf } from '../rules/repository-texts.ts'

const refused =
  /\b(?:anew|mend(?:s|ed|ing)?|beside|by itself|goes? on without|that is there|(?:is|are|was|were) told(?! apart)|for ever|is none any more|made again|is there already|(?:is|are) worth nothing|will do as well|for who\b|at most so|stands? (?:in|on|under|here|there|between)|lies? in|nobody (?:can|knows|has)|so long|stays so|also (?:when|while|where|after|under|without)|(?:root|pods?|loopback|owner|Fairlead|IAM) alone)\b/i

/** The problems of docs/problems.md are tested in their table. */
const pages = repositoryTexts().filter(({ path }) => path.endsWith('.md') && path !== 'docs/problems.md')

test.each([
  ['Docker images that lie in private registries', true],
  ['it starts by itself then', true],
  ['the check goes on without you', true],
  ['the key is worth nothing', true],
  ['It is shown, also while it runs', true],
  ['a file that root alone can read', true],
  ['the servers cannot be told apart', false],
  ['A hop limit alone leaves IMDSv1 open.', false],
  ['The check continues in the background.', false],
])('rejects %j: %s', (text, expected) => {
  expect(refused.test(text)).toBe(expected)
})

describe('none of them occurs in', () => {
  test('the problems', () => {
    const texts = Object.entries(problems).flatMap(([code, { title, what, fix }]) =>
      [title, what, fix].map((text) => `${code}: ${text}`),
    )
    expect(texts.filter((text) => refused.test(text))).toEqual([])
  })

  test('the help of the command line', () => {
    const help = textOf('packages/cli/src/__snapshots__/help.test.ts.snap')
    expect(help.split('\n').filter((line) => refused.test(line))).toEqual([])
  })

  test.each(['packages/console/src', 'packages/cli/src'])('a text of %s', (folder) => {
    const files = repositoryTexts().filter(
      ({ path }) => path.startsWith(`${folder}/`) && /\.tsx?$/.test(path) && !path.endsWith('.test.ts'),
    )
    expect(files.length).toBeGreaterThan(50)
    const found = files.flatMap(({ path, text }) =>
      readableLines(text)
        .filter((line) => refused.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })

  test.each(pages)('the page $path', ({ text }) => {
    const prose = text.replaceAll(/`[^`\n]+`/g, 'code')
    expect(prose.split('\n').filter((line) => refused.test(line))).toEqual([])
  })
})

/** Lines with text for people: no comments, no class names. */
function readableLines(source: string): readonly string[] {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)\/\/.*$/, '').replaceAll(/className=\{[^}]*\}/g, ''))
}
