/** `fairlead cluster start` against scripted answers. */
import { expect, test } from 'vitest'
import { problem } from '@fairlead/contract/problems'
import { ScriptedShell } from '../../scripted-context.ts'
import { sampleCluster } from './sample-cluster.ts'

const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }

const refuse = () => Response.json(problem('TOKEN_EXPIRED', { time: 'now' }).toDocument(), { status: 401 })

/** A control plane that starts the cluster, and then says what becomes of it. */
const fetch =
  (started: object, ask = refuse) =>
  async (url: string) => {
    const { pathname } = new URL(url)
    if (pathname.endsWith('/clusters')) {
      return Response.json({ results: [sampleCluster], metadata: { next_paging_token: null } })
    }
    if (pathname.endsWith('/start')) return Response.json({ result: { ...sampleCluster, ...started } })
    return ask()
  }

test('says how to watch a start that it can follow no longer', async () => {
  using shell = new ScriptedShell()
  const start = ['cluster', 'start', '-n', 'train', '--workers', '1']
  const { status, stderr } = await shell.run(start, { env, fetch: fetch({ state: 'StartingUp' }) })
  expect(status).toBe(6)
  expect(stderr).toContain('watch: fairlead cluster status -n train --watch\n')
  expect(stderr).toContain('(TOKEN_EXPIRED)')
  const json = await shell.run([...start, '--json'], { env, fetch: fetch({ state: 'StartingUp' }) })
  expect(JSON.parse(json.stderr)).toMatchObject({ code: 'TOKEN_EXPIRED' })
})

test('does not say that a start which failed continues', async () => {
  using shell = new ScriptedShell()
  const failed = { ...sampleCluster, state: 'StartupErrored', problem: problem('CHECK_PENDING').toDocument() }
  const start = ['cluster', 'start', '-n', 'train', '--workers', '1']
  const { status, stderr } = await shell.run(start, {
    env,
    fetch: fetch(failed, () => Response.json({ result: failed })),
  })
  expect(status).toBe(1)
  expect(stderr).toContain('(CHECK_PENDING)')
  expect(stderr).not.toContain('watch:')
})
