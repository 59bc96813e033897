import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { powersOff } from './powering-off.ts'

const jobs = (...units: string[]): string =>
  units.map((unit, at) => `${100 + at} ${unit} start waiting\n`).join('') +
  ' 31 fairlead-agent.service  stop  running\n'

test('a powered-off machine leaves for good', () => {
  expect(powersOff(jobs('poweroff.target', 'systemd-poweroff.service', 'shutdown.target'))).toBe(true)
})

test.each([
  ['that is started again', jobs('reboot.target', 'systemd-reboot.service', 'shutdown.target')],
  ['with another kernel', jobs('kexec.target', 'shutdown.target')],
  ['whose services alone are started again', jobs('soft-reboot.target', 'shutdown.target')],
  ['that is halted', jobs('halt.target', 'shutdown.target')],
  ['that is told both', jobs('poweroff.target', 'reboot.target')],
  ['that stops a power-off', '1 poweroff.target stop waiting\n'],
  ['whose agent alone is stopped', jobs()],
  ['of which nothing is known', ''],
])('a machine %s does not', (_, text) => {
  expect(powersOff(text)).toBe(false)
})

test('reads whatever systemctl prints', () => {
  const word = fc.constantFrom('1', 'poweroff.target', 'poweroff.targets', 'start', 'restart', '\n', ' ', '\t', 'x')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const text = words.join(' ')
      expect(powersOff(text) && !/\d\s+poweroff\.target\s+start(\s|$)/.test(text)).toBe(false)
    }),
  )
})
