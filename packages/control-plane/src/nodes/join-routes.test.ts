/** What an unknown client can cause just by asking to join. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { problem } from '@fairlead/contract/problems'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testControlPlane, type Caller, type TestControlPlane } from '../testing/test-control-plane.ts'
import { nodeKey } from '../testing/test-node.ts'
import { headersOf } from '../http/problems.ts'

const nowhere = '127.0.0.1:1'
let running: TestControlPlane
let unknown: Caller

beforeAll(async () => {
  const connectTo = { 'sts.cn-north-1.amazonaws.com.cn': nowhere, 'sts.eu-west-1.amazonaws.com': nowhere }
  running = await testControlPlane({ connectTo })
  unknown = running.as(null)
  const cloud = { name: 'proven', provider: 'aws', region: 'eu-west-1', account_id: '111122223333', node_role: 'nodes' }
  await running.admin.post('/clouds', cloud)
})
afterAll(() => running[Symbol.asyncDispose]())

/** Changes whenever another connection commits. */
function watchDatabase() {
  const database = new DatabaseSync(join(running.dataDir, 'fairlead.sqlite'), { readOnly: true })
  const version = () => database.prepare('PRAGMA data_version').get()?.['data_version']
  return { version, [Symbol.dispose]: () => database.close() }
}

const challenge = async (cloud = 'proven'): Promise<{ nonce: string; cloud_id: string }> =>
  (await unknown.post('/nodes/join/challenge', { cloud })).body.result
const proofOf = async (region: string, cloud?: string) => ({
  ...(({ nonce, cloud_id }) => ({ nonce, cloud_id }))(await challenge(cloud)),
  name: 'node-1',
  checker: false,
  public_key: nodeKey().publicKey,
  provider: 'aws',
  proof: {
    region,
    access_key_id: 'ASIAEXAMPLEEXAMPLE12',
    date: new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
    security_token: 'dG9rZW4=',
    signature: 'a'.repeat(64),
  },
})

test('S18: requesting a challenge, or presenting an invented one, writes nothing', async () => {
  const made = await proofOf('eu-west-1')
  using database = watchDatabase()
  const before = database.version()
  for (let time = 0; time < 20; time++) await challenge()
  const answer = await unknown.post('/nodes/join/proof', { ...made, nonce: 'A'.repeat(99) })
  expect(answer.body.code).toBe('JOIN_CHALLENGE_INVALID')
  expect(database.version()).toBe(before)
  await unknown.post('/nodes/join/proof', made)
  expect(database.version()).not.toBe(before)
})

test('S18: contacts no host of another partition, whichever region the proof names', async () => {
  const own = await unknown.post('/nodes/join/proof', await proofOf('eu-west-1'))
  expect(own.body.code).toBe('CLOUD_IDENTITY_UNREACHABLE')
  const foreign = await unknown.post('/nodes/join/proof', await proofOf('cn-north-1'))
  expect(foreign.body.code).toBe('NODE_PROOF_REFUSED')
})

test('S18: no answer reveals to an unknown client which clouds exist: any name gets a challenge, and its proof the same answer', async () => {
  await running.admin.post('/clouds', { name: 'lab', provider: 'local' })
  const proven = (await running.admin.get('/clouds')).body.results.find(
    ({ name }: { name: string }) => name === 'proven',
  )
  const names = ['proven', 'lab', 'none']
  const answers = await Promise.all(
    names.map(async (name) => {
      const asked = await unknown.post('/nodes/join/challenge', { cloud: name })
      const { nonce, cloud_id: id, ...rest } = asked.body.result
      expect(id).not.toBe(proven.id)
      const shown = await unknown.post('/nodes/join/proof', await proofOf('eu-west-1', name))
      const foreign = await unknown.post('/nodes/join/proof', await proofOf('cn-north-1', name))
      return [
        asked.status,
        nonce.length,
        Object.keys(rest),
        shown.status,
        shown.body.code,
        foreign.body.code,
        foreign.body.detail,
      ]
    }),
  )
  expect(answers[0]?.slice(-4, -1)).toEqual([503, 'CLOUD_IDENTITY_UNREACHABLE', 'NODE_PROOF_REFUSED'])
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
})

test('a full queue answers with a time to retry', () => {
  expect(headersOf(problem('JOIN_BUSY'))).toEqual({ 'retry-after': '5' })
})

test.each([
  ['a challenge', '/nodes/join/challenge', 2],
  ['a proof', '/nodes/join/proof', 17],
])('S9: reads no more than %s needs', async (_, path, kibibytes) => {
  const answer = await unknown.post(path, `"${'x'.repeat(kibibytes * 1024)}"`)
  expect(answer.body.code).toBe('REQUEST_TOO_LARGE')
})
