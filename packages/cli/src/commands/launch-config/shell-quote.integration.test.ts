/** What is quoted, as real shells read it. */
import { runCommand } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellCommand, shellQuote } from './shell-quote.ts'

const hostile = fc.constantFrom(
  "'",
  '"',
  '\\',
  '$HOME',
  '$(id)',
  '`id`',
  '\n',
  ' ',
  '!',
  '!!',
  '*',
  '~',
  ';',
  '&&',
  '#',
  '-n',
  '=',
  '{a,b}',
  'é',
  '😀',
)
const word = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(hostile, { maxLength: 12 }).map((parts) => parts.join('')),
  )
  .filter((text) => !text.includes('\0') && text.isWellFormed())

test.each([
  ['sh', ['-c']],
  ['bash', ['--login', '-i', '-c']],
] as const)(
  '%s hands every word on as it was, through the second shell that Ray puts in front, too',
  async (shell, flags) => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
        const command = shellCommand('printf', String.raw`%s\0`, ...words)
        const nested = `${shell} ${flags.join(' ')} ${shellQuote(command)}`
        const { status, stdout } = await runCommand('sh', ['-c', nested], {
          env: { HOME: '/nonexistent', PATH: '/usr/bin:/bin' },
        })
        expect({ status, words: stdout.split('\0').slice(0, -1) }).toEqual({ status: 0, words })
      }),
      { numRuns: 60 },
    )
  },
)
