import { expect, test } from 'vitest'
import { refusalOf } from './machine.mjs'
import { neededPackages } from './system-packages.mjs'

test.each([
  ['darwin', 'virtual machine'],
  ['win32', 'WSL 2'],
  ['freebsd', 'Linux machine'],
] as const)('on %s, says what to do instead: %s', (platform, instead) => {
  const text = refusalOf(platform, '24.0.0')
  expect(text).toContain(instead)
  expect(text).toContain('docs/tutorial.md')
})

test('on Linux, only an old Node is in the way', () => {
  expect(refusalOf('linux', '20.1.0')).toBeNull()
  expect(refusalOf('linux', '18.20.4')).toContain('Node 20')
})

test('the demo installs no ssh server, no emulator, no browser and nothing that captures packets', () => {
  const names = neededPackages({ forTests: false }).map(({ name }) => name)
  expect(names).toContain('docker.io')
  expect(names.filter((name) => /ssh|qemu|arm64|chromium|firefox|shark|tcpdump/.test(name))).toEqual([])
  expect(neededPackages({ forTests: true }).length).toBeGreaterThan(names.length)
})
