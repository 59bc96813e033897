/** Faults in the log, and the version that is kept in two places. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeFault } from './fault.ts'
import { agentVersion } from './version.ts'

test('logs a fault without its message', () => {
  const fault = describeFault(new TypeError('invalid header value: Bearer canary\n    at canary'))
  expect(fault.error).toBe('TypeError')
  expect(fault.frames.length).toBeGreaterThan(0)
  expect(JSON.stringify(fault)).not.toContain('canary')
  expect(describeFault('canary')).toEqual({ error: 'string', frames: [] })
})

test('has the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(agentVersion).toBe(version)
})
