/** Two namespaces on one node, whose pods run as service accounts of the same name: one may pull an image, and the other may not. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPerPodSystem, type PerPodSystem } from './per-pod-system.ts'

let system: PerPodSystem
beforeAll(async () => {
  system = await startPerPodSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

const imagesOnNode = async () => (await system.node.images()).filter((name) => name.includes('/team-a/app:'))

test('S2: through a door, a pod pulls as its service account, and another namespace gets nothing, from the cache neither', async () => {
  const { image, run, untilRuns, refusalOf } = system
  await run('team-a', 'first', image.doored)
  await untilRuns('team-a', 'first')
  expect(await imagesOnNode()).toContain(image.doored)
  await run('team-b', 'other', image.doored)
  const said = await refusalOf('team-b', 'other')
  expect(said).toContain('gives')
  expect(said).toContain(
    '/team-a/app to other service accounts than team-b/trainer (SERVICE_ACCOUNT_NOT_NAMED). fix: Name',
  )
  await run('team-a', 'again', image.doored)
  await untilRuns('team-a', 'again')
})

test('S2: through a door, a ticket that somebody wrote into a pull secret is none', async () => {
  const { image, run, refusalOf, cluster } = system
  const content = Buffer.from(
    JSON.stringify({
      registry: image.doored.split('/')[0],
      repository: 'team-a/app',
      account: { namespace: 'team-a', name: 'trainer' },
      expires: Date.now() + 600_000,
    }),
  ).toString('base64url')
  const forged = ['--docker-username', 'fairlead-ticket', '--docker-password', `${content}.${'A'.repeat(43)}`]
  const server = ['--docker-server', image.doored.split('/')[0] ?? '']
  await cluster.kubectl.must(['create', 'secret', 'docker-registry', 'forged', '-n', 'team-b', ...server, ...forged])
  await run('team-b', 'forger', image.doored, { imagePullSecrets: [{ name: 'forged' }] })
  expect(await refusalOf('team-b', 'forger')).toContain('(SERVICE_ACCOUNT_NOT_NAMED)')
})

test('S2: without a door, the kubelet gets the login for that service account alone, and says why not in its log', async () => {
  const { image, run, untilRuns, refusalOf, node } = system
  await run('team-a', 'plain', image.plain)
  await untilRuns('team-a', 'plain')
  expect(await imagesOnNode()).toContain(image.plain)
  await run('team-b', 'plain', image.plain)
  expect(await refusalOf('team-b', 'plain')).toMatch(/401|no basic auth credentials/)
  expect(await readFile(node.kubelet.logFile, 'utf8')).toContain('other service accounts than team-b/trainer')
})
