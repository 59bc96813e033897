import { expect, test } from 'vitest'
import { afterInstall, afterJoin, howToStart } from './next-step.ts'

const here = '/var/lib/fairlead'

test('after install: join is next, and then nothing', () => {
  expect(afterInstall).toContain('fairlead agent join')
  expect(afterJoin({ stateDir: here, unit: 'enabled' })).toBe(
    'fairlead agent status; systemd starts the agent within ten seconds',
  )
  expect(howToStart({ stateDir: here, unit: 'enabled' })).toBe('sudo systemctl start fairlead-agent')
})

test('after join: install is next, or a terminal', () => {
  const next = afterJoin({ stateDir: here, unit: 'none' })
  expect(next).toMatch(/^sudo fairlead agent install, .* or, while a terminal is open, sudo fairlead agent run; then/)
})

test('after join: a unit of a package is only enabled, because an install would put a second program beside it', () => {
  expect(afterJoin({ stateDir: here, unit: 'packaged' })).toBe(
    'sudo systemctl enable --now fairlead-agent; then fairlead agent status',
  )
})

test('systemd does not start a node with another state folder', () => {
  for (const unit of ['enabled', 'packaged', 'none'] as const) {
    const next = afterJoin({ stateDir: '/home/me/node', unit })
    expect(next).toBe('fairlead agent run --state-dir /home/me/node; then fairlead agent status')
  }
})
