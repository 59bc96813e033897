/** `fairlead cluster terminate` against scripted answers. */
import { expect, test } from 'vitest'
import { problem } from '@fairlead/contract/problems'
import { ScriptedShell } from '../../scripted-context.ts'
import { sampleCluster } from './sample-cluster.ts'

const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }
const terminate = ['cluster', 'terminate', '-n', 'train']

/** A control plane that begins to terminate the cluster, and then refuses the token. */
const fetch = async (url: string) => {
  const { pathname } = new URL(url)
  if (pathname.endsWith('/clusters')) {
    return Response.json({ results: [sampleCluster], metadata: { next_paging_token: null } })
  }
  if (pathname.endsWith('/terminate')) return Response.json({ result: { ...sampleCluster, state: 'Terminating' } })
  return Response.json(problem('TOKEN_EXPIRED', { time: 'now' }).toDocument(), { status: 401 })
}

test('says how to watch a termination that it can follow no longer', async () => {
  using shell = new ScriptedShell()
  const { status, stderr } = await shell.run(terminate, { env, fetch })
  expect(status).toBe(6)
  expect(stderr).toContain('The termination of train continues without this terminal.\n')
  expect(stderr).toContain('watch: fairlead cluster status -n train --watch\n')
  expect(stderr).toContain('(TOKEN_EXPIRED)')
  const json = await shell.run([...terminate, '--json'], { env, fetch })
  expect(JSON.parse(json.stderr)).toMatchObject({ code: 'TOKEN_EXPIRED' })
})
