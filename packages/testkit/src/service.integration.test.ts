/** Programs in the background: ready, gone, stubborn. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inLog, newFolder, startService, untilReady, type ServiceSpec } from './index.ts'

const shell = (script: string, options: Partial<ServiceSpec> = {}) =>
  startService({ command: 'sh', args: ['-c', script], logFile: join(newFolder('shell'), 'shell.log'), ...options })

test('one that exits before it is ready is reported with its status and the end of its log', async () => {
  const service = shell('echo something is missing; exit 3')
  const ready = untilReady(service, 'the shell is ready', inLog(service, /ready/))
  await expect(ready).rejects.toThrow(/the shell is ready: ended with 3 instead[\s\S]*something is missing/)
})

test('one that takes too long is stopped and reported', async () => {
  const service = shell('echo still working; exec sleep 100')
  const ready = untilReady(service, 'the shell is ready', inLog(service, /ready/), 200)
  await expect(ready).rejects.toThrow(/Not within 0.2 s: the shell is ready[\s\S]*still working/)
  expect(service.exitCode).toBe(143)
})

test('one that ignores SIGTERM is killed', async () => {
  await using service = shell('trap "" TERM; echo ready; while :; do sleep 0.1; done', { graceMs: 200 })
  await untilReady(service, 'the shell is ready', inLog(service, /ready/))
  await service.stop()
  expect(service.exitCode).toBe(137)
})

test('a missing program exits with 127', async () => {
  const service = startService({ command: '/nowhere/at-all', args: [], logFile: join(newFolder('none'), 'none.log') })
  expect(await service.exited).toBe(127)
  expect(service.tail()).toContain('/nowhere/at-all')
})

test('it gets its given variables, and nothing else of the environment', async () => {
  process.env['TESTKIT_STRAY'] = 'stray'
  const service = shell('cat; echo "$GIVEN${TESTKIT_STRAY-}"', { stdin: 'input\n', env: { GIVEN: 'given' } })
  await service.exited
  expect(service.log()).toBe('input\ngiven\n')
  delete process.env['TESTKIT_STRAY']
})
