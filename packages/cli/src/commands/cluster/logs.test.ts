/** `fairlead cluster logs` against scripted answers. */
import type { ClusterNode } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'
import { sampleCluster } from './sample-cluster.ts'

const { id } = sampleCluster
const node = (node_name: string, over: Partial<ClusterNode>): ClusterNode => ({
  node_id: `node_${'0'.repeat(26)}` as ClusterNode['node_id'],
  node_name,
  role: 'worker',
  phase: 'running',
  steps: [],
  problem: null,
  warnings: [],
  last_lines: null,
  last_lines_at: null,
  last_heard_at: null,
  ...over,
})
async function logs(nodes: readonly ClusterNode[], ...flags: string[]) {
  using shell = new ScriptedShell()
  const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }
  const fetch = async (url: URL | string | Request) =>
    new URL(url instanceof Request ? url.url : url).pathname.endsWith('/nodes')
      ? Response.json({ results: nodes, metadata: { next_paging_token: null } })
      : Response.json({ result: sampleCluster })
  return shell.run(['cluster', 'logs', '--id', id, ...flags], { env, fetch })
}

test('prints the lines of each node with their age, the head first, and which node shares none', async () => {
  const shared = { last_lines: ['Local node IP: 10.0.0.1', 'ready'], last_lines_at: '2026-11-24T12:00:00.000Z' }
  const { status, stdout } = await logs([
    node('a', {}),
    node('z', { role: 'head', ...shared }),
    node('b', { last_lines: [], last_lines_at: shared.last_lines_at }),
  ])
  expect(status).toBe(0)
  expect(stdout).toMatch(
    /^z \(head\), .* ago:\n {2}Local node IP: 10\.0\.0\.1\n {2}ready\na \(worker\)\n {2}not shared\nb \(worker\), .* ago:\n {2}nothing yet\n$/,
  )
})

test('says who can share the output if no node does', async () => {
  const { stdout } = await logs([node('a', { role: 'head' })])
  expect(stdout).toContain('share_logs: always in its policy file')
})

test('S25: escapes what a terminal would obey, whichever control plane sends it', async () => {
  const hostile = node('a', { role: 'head', last_lines: ['\u001b[2Jgone'], last_lines_at: null })
  expect((await logs([hostile])).stdout).not.toContain('\u001b')
})

test('prints the answer of the API with --json', async () => {
  const { stdout } = await logs([node('a', { role: 'head', last_lines: ['one'] })], '--json')
  expect(JSON.parse(stdout)).toMatchObject({ results: [{ node_name: 'a', last_lines: ['one'] }] })
})
