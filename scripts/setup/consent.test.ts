import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { agreed } from './consent.mjs'
import { CannotSetUp } from './machine.mjs'

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY })

test.each([
  ['standard input is closed', false, true],
  ['the output goes to a file', true, false],
  ['there is no terminal', false, false],
])('where %s, installs nothing unless --yes says so', async (_, typed, shown) => {
  const [input, output] = [stream(typed), stream(shown)]
  await expect(agreed({ yes: false, input, output })).rejects.toThrow(CannotSetUp)
  await expect(agreed({ yes: false, input, output })).rejects.toThrow('--yes')
  expect(await agreed({ yes: true, input, output })).toBe(true)
})

test.each([
  ['', true],
  ['Y', true],
  ['yes', true],
  ['n', false],
  ['what?', false],
])('on a terminal, %j gives %s', async (answer, expected) => {
  const input = stream(true)
  const asked = agreed({ yes: false, input, output: stream(true) })
  input.end(`${answer}\n`)
  expect(await asked).toBe(expected)
})
