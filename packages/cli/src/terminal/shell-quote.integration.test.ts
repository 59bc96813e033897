/** Quoted words, as real shells read them. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellCommand, shellQuote } from './shell-quote.ts'

const env = { HOME: '/nonexistent', PATH: '/usr/bin:/bin' }
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
  '%s passes every word on unchanged, even through the second shell that Ray puts in front',
  async (shell, flags) => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
        const command = shellCommand('printf', String.raw`%s\0`, ...words)
        const nested = `${shell} ${flags.join(' ')} ${shellQuote(command)}`
        const { stdout } = await promisify(execFile)('sh', ['-c', nested], { env })
        expect(stdout.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 60 },
    )
  },
)
