import { expect, test } from 'vitest'
import { afterInstall, afterJoin, howToStart } from './next-step.ts'

const here = '/var/lib/fairlead'

test('after install: join is next, and then nothing', () => {
  expect(afterInstall).toContain('fairlead agent join')
  expect(afterJoin({ stateDir: here, isInstalled: true })).toBe(
    'fairlead agent status; systemd starts the agent within ten seconds',
  )
  expect(howToStart({ stateDir: here, isInstalled: true })).toBe('sudo systemctl start fairlead-agent')
})

test('after join: install is next, or a terminal', () => {
  const next = afterJoin({ stateDir: here, isInstalled: false })
  expect(next).toMatch(/^sudo fairlead agent install, .* or, while a terminal is open, sudo fairlead agent run; then/)
})

test('systemd does not start a node with another state folder', () => {
  for (const isInstalled of [true, false]) {
    const next = afterJoin({ stateDir: '/home/me/node', isInstalled })
    expect(next).toBe('fairlead agent run --state-dir /home/me/node; then fairlead agent status')
  }
})
