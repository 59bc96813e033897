/** `fairlead pull` on a machine without Docker: how it ends, and what it logs. */
import { NodePullEvent } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

async function pull(shell: ScriptedShell, ...flags: string[]) {
  const args = ['--docker-socket', 'no.sock', '--state-dir', 'state', ...flags]
  const ran = await shell.run(['pull', 'registry.example.com/team/app:1', ...args])
  expect(ran.status).toBe(7)
  expect(ran.stderr).toContain('ENGINE_UNREACHABLE')
  return ran.stderr.split('\n').filter((line) => line.startsWith('{"level"'))
}

test('with --log-event, logs the pull event in the format of the agent’s log', async () => {
  using shell = new ScriptedShell()
  const [line = '', ...more] = await pull(shell, '--log-event')
  expect(more).toEqual([])
  const { level, time, msg, ...event } = JSON.parse(line) as Record<string, unknown>
  expect({ level, msg }).toEqual({ level: 'info', msg: 'pull' })
  expect(time).toMatch(/^\d{4}-.*Z$/)
  expect(NodePullEvent.parse(event)).toMatchObject({ purpose: 'once', outcome: 'failed', code: 'ENGINE_UNREACHABLE' })
})

test('logs none without it', async () => {
  using shell = new ScriptedShell()
  expect(await pull(shell)).toEqual([])
})

test('refuses what is no image before it says or asks anything', async () => {
  using shell = new ScriptedShell()
  const { status, stdout, stderr } = await shell.run(['pull', 'Bad Image', '--docker-socket', 'no.sock'])
  expect({ status, stdout }).toEqual({ status: 4, stdout: '' })
  expect(stderr).toContain('IMAGE_REF_INVALID')
})
