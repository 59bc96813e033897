/** Which problems end a start. */
import { problem } from '@fairlead/contract/problems'
import { describe, expect, test } from 'vitest'
import { endsStart } from './ends-start.ts'

const engineFailed = problem('ENGINE_FAILED', { http_status: 500 })
const registry = 'registry.example.com'

describe('endsStart', () => {
  test.each([
    [problem('IMAGE_NOT_FOUND', { registry, repository: 'r' }), 'pull-image', false, true],
    [problem('REGISTRY_UNREACHABLE', { registry }), 'pull-image', false, false],
    [engineFailed, 'create-container', false, true],
    [engineFailed, 'look', false, false],
    [engineFailed, 'remove-container', false, false],
    [engineFailed, 'stop-container', false, false],
    [engineFailed, 'check-ray-version', false, true],
    [engineFailed, 'check-ray-version', true, false],
    [problem('RAY_EXITED', { exit_status: 1 }), 'conclude-exit', true, true],
    [problem('RAY_START_FAILED', { exit_status: 1 }), 'conclude-exit', false, true],
    [problem('ENGINE_UNREACHABLE'), 'look', true, false],
    [problem('METADATA_EXPOSED'), 'check-ray-version', true, true],
  ] as const)('%s while doing %s (was up: %s): %s', (met, doing, wasUp, expected) => {
    expect(endsStart(met, doing, wasUp)).toBe(expected)
  })
})
