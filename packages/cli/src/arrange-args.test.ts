import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { arranged } from './app.ts'
import { arrangeArgs } from './arrange-args.ts'

/** The words up to the first flag. */
const words = (args: readonly string[]): number => {
  const flag = args.findIndex((arg) => arg.startsWith('-'))
  return flag === -1 ? args.length : flag
}

test.each([
  ['--json cluster list', 'cluster list --json'],
  [
    '--host https://a.example --ca-file ca.pem node list --max-items 3',
    'node list --host https://a.example --ca-file ca.pem --max-items 3',
  ],
  ['--host=https://a.example cluster list', 'cluster list --host=https://a.example'],
  ['cluster list --json', 'cluster list --json'],
  ['--json=true cluster list', 'cluster list --json=true'],
  ['--json', '--json'],
  ['--host', '--host'],
  ['--version', '--version'],
  ['--jsn cluster list', '--jsn cluster list'],
])('reads %s as %s', (typed, arranged) => {
  expect(arrangeArgs(typed.split(' '), words).join(' ')).toBe(arranged)
})

test('knows a command by its name as typed, with a hyphen', () => {
  expect(arranged(['--json', 'node', 'join-token'])).toEqual(['node', 'join-token', '--json'])
})

test('puts them last where no command is named, so that the word is reported and not the flag', () => {
  expect(arranged(['--json', 'foo', 'bar'])).toEqual(['foo', 'bar', '--json'])
  expect(arranged(['--json', 'cluster', 'foo'])).toEqual(['cluster', 'foo', '--json'])
})

test('neither loses nor adds a typed argument', () => {
  const arg = fc.constantFrom('--json', '--host', '--host=x', '--ca-file', '--', '-n', 'cluster', 'list', 'x', '')
  fc.assert(
    fc.property(fc.array(arg, { maxLength: 8 }), (args) => {
      expect(arrangeArgs(args, words).toSorted()).toEqual(args.toSorted())
    }),
  )
})
