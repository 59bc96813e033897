/** A real kubelet on containerd 2 that asks our credential provider for the logins of private registries. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startKubeletSystem, type KubeletSystem } from './kubelet-system.ts'

let system: KubeletSystem
beforeAll(async () => {
  system = await startKubeletSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

async function runPod(name: string, registry: string, repository: string) {
  await system.kubelet.addPod(name, `${registry}/${repository}:1`)
  return system.untilRuns(name)
}

/** In order, without repeats: the kubelet may retry at any moment, and asks again then. */
async function outcomesOn(host: string): Promise<string[]> {
  const decisions = await system.decisionsOn(host)
  return [...new Set(decisions.map(({ decision, code }) => [decision, code].filter(Boolean).join(' ')))]
}

test('a pod’s private image comes with the login of the secret, and the pod runs', async () => {
  const pod = await runPod('whole', system.registries.registry.host, 'team/app')
  expect(pod.status.containerStatuses?.[0]?.imageID).toContain(system.image.digest)
})

test('a login for a whole registry is requested once: the kubelet keeps it for the other repositories', async () => {
  const { host } = system.registries.registry
  await runPod('whole-again', host, 'team/other')
  expect(await system.decisionsOn(host)).toMatchObject([{ decision: 'answered' }])
})

test('a login for a registry that the map divides is kept for one repository only', async () => {
  const { host } = system.registries.divided
  await runPod('divided', host, 'team/app')
  await runPod('divided-again', host, 'team/app')
  expect(await system.decisionsOn(host)).toMatchObject([{ decision: 'answered' }])
  await runPod('divided-other', host, 'team/other')
  expect(await system.decisionsOn(host)).toMatchObject([{ decision: 'answered' }, { decision: 'answered' }])
})

test('the secret may be in AWS Secrets Manager, read as the node’s role', async () => {
  const { host } = system.registries.onAws
  await runPod('aws', host, 'team/app')
  expect(await system.decisionsOn(host)).toMatchObject([{ decision: 'answered' }])
})

test('S2: a login for another registry is sent nowhere: the pod has no image, and the registry receives no login', async () => {
  const { stranger } = system.registries
  await system.kubelet.addPod('stranger', `${stranger.host}/team/app:1`)
  await system.untilRefused('stranger')
  expect(await outcomesOn(stranger.host)).toEqual(['refused CREDENTIAL_SERVER_MISMATCH'])
  expect(stranger.requests.length).toBeGreaterThan(0)
  expect(stranger.requests.filter(({ login }) => login !== null)).toEqual([])
  expect(stranger.heard(system.login.password)).toEqual([])
})

test('S2: a registry that names a villain’s realm gets nothing, and neither does the villain', async () => {
  const { hostile } = system.registries
  await system.kubelet.addPod('hostile', `${hostile.host}/team/app:1`)
  await system.untilRefused('hostile')
  expect(await outcomesOn(hostile.host)).toEqual(['refused TOKEN_REALM_NOT_TRUSTED'])
  for (const recorder of [hostile, system.villain]) {
    expect(recorder.requests.filter(({ login }) => login !== null)).toEqual([])
    expect(recorder.heard(system.login.password)).toEqual([])
  }
})

test('a refusal is not kept: once the secret is right, the next try has the login', async () => {
  const { late } = system.registries
  await system.kubelet.addPod('late', `${late.host}/team/app:1`)
  await system.untilRefused('late')
  await system.writeSecret('late', late.host)
  await system.untilRuns('late')
  expect(await outcomesOn(late.host)).toEqual(['refused CREDENTIAL_SERVER_MISMATCH', 'answered'])
})

test('a registry that allows anonymous pulls gets no login, and its image comes without one', async () => {
  const { open } = system.registries
  await runPod('open', open.host, 'team/app')
  expect(await system.decisionsOn(open.host)).toMatchObject([{ decision: 'not_needed' }])
  await runPod('open-again', open.host, 'team/app')
  expect(await system.decisionsOn(open.host)).toHaveLength(2)
})
