/** Faults in the log. */
import { expect, test } from 'vitest'
import { describeFault } from './fault.ts'

test('logs a fault without its message', () => {
  const fault = describeFault(new TypeError('invalid header value: Bearer canary\n    at canary'))
  expect(fault.error).toBe('TypeError')
  expect(fault.frames.length).toBeGreaterThan(0)
  expect(JSON.stringify(fault)).not.toContain('canary')
  expect(describeFault('canary')).toEqual({ error: 'string', frames: [] })
})
