/** `fairlead cluster connect` against scripted answers: where the token goes, and where it does not. */
import { describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'
import { sampleCluster } from './sample-cluster.ts'

const token = `frt_${'A'.repeat(43)}`
const { id } = sampleCluster
const connection = { ray_address: 'ray://10.0.0.1:10001', dashboard_url: 'http://127.0.0.1:8265', ray_token: token }

const scripted = (answer: object) => async (url: URL | string | Request) => {
  const { pathname } = new URL(url instanceof Request ? url.url : url)
  if (pathname.endsWith('/clusters')) {
    return Response.json({ results: [clusterThatRuns], metadata: { next_paging_token: null } })
  }
  return Response.json({ result: pathname.endsWith('/connection') ? answer : clusterThatRuns })
}

const clusterThatRuns = {
  ...sampleCluster,
  ray_address: connection.ray_address,
  dashboard_url: connection.dashboard_url,
}

async function connect(answer: object, ...words: string[]) {
  using shell = new ScriptedShell()
  const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x', PATH: '/bin' }
  return shell.run(['cluster', 'connect', '--id', id, ...words], { env, fetch: scripted(answer) })
}

describe('connect', () => {
  test('becomes the command, which finds address and token in its environment and not in its arguments', async () => {
    const { status, stdout, stderr, became } = await connect(connection, '--', 'python', '-c', 'import ray; ray.init()')
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(became?.command).toEqual(['python', '-c', 'import ray; ray.init()'])
    expect(became?.env).toMatchObject({
      PATH: '/bin',
      RAY_ADDRESS: connection.ray_address,
      RAY_AUTH_MODE: 'token',
      RAY_AUTH_TOKEN: token,
    })
  })

  test('also takes the cluster by name, before the command', async () => {
    using shell = new ScriptedShell()
    const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }
    const asked = scripted(connection)
    const ran = await shell.run(['cluster', 'connect', 'train', '--', 'python', 'train.py'], { env, fetch: asked })
    expect(ran).toMatchObject({ status: 0, became: { command: ['python', 'train.py'] } })
  })

  test('prints shell commands when no command is given', async () => {
    expect((await connect(connection)).stdout).toBe(
      `export RAY_ADDRESS=ray://10.0.0.1:10001\nexport RAY_AUTH_MODE=token\nexport RAY_AUTH_TOKEN=${token}\n`,
    )
  })

  test('omits the token when Ray requires none', async () => {
    const { stdout } = await connect({ ...connection, ray_token: null })
    expect(stdout).toBe('export RAY_ADDRESS=ray://10.0.0.1:10001\n')
  })

  test('rejects an address or token that a shell would interpret', async () => {
    const { status, stdout } = await connect({ ...connection, ray_token: `${token};id` })
    expect(stdout).toBe('')
    expect(status).not.toBe(0)
  })
})
