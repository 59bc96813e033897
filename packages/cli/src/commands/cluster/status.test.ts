/** `fairlead cluster status --watch` against scripted answers. */
import { expect, test } from 'vitest'
import { Interrupted } from '../../context.ts'
import { ScriptedShell } from '../../scripted-context.ts'
import { sampleCluster } from './sample-cluster.ts'

const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }
const fetch = async () => Response.json({ result: sampleCluster })

test('a watch ends when the reader of its output leaves', async () => {
  using shell = new ScriptedShell()
  const reader = new AbortController()
  const onWrite = () => reader.abort(new Interrupted())
  const args = ['cluster', 'status', '--id', sampleCluster.id, '--watch', '--json']
  expect(await shell.run(args, { env, fetch, onWrite, unread: reader.signal })).toMatchObject({ status: 0, stderr: '' })
})
