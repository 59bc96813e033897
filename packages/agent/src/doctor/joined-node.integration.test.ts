/** The doctor on a node that has joined a real control plane: what it joined, whether that answers, and whose clock is right. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { postToApi } from '@fairlead/testkit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { joinNode } from '../channel/join.ts'
import { runAgent } from '../process/main.ts'
import { readLoadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import { lockStateDir } from '@fairlead/credential-path/process/state-dir-lock'
import type { DoctorReport } from './doctor-report.ts'
import { runDoctor } from './run-doctor.ts'

let folder: string
let plane: ControlPlane

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-doctor-'))
  await writeFile(join(folder, 'policy.yaml'), '', { mode: 0o644 })
  plane = await startControlPlane({ listen: '127.0.0.1:0', dataDir: join(folder, 'plane'), logLevel: 'silent' })
})
afterEach(async () => {
  await plane.close()
  await rm(folder, { recursive: true })
})

async function joinAsChecker(stateDir: string): Promise<void> {
  const { id } = await postToApi(plane, '/clouds', { name: 'trial', provider: 'local' })
  const { token } = await postToApi<{ token: string }>(plane, `/clouds/${id}/join_tokens`)
  const admission = { kind: 'token', token, provider: 'local' } as const
  await joinNode({ host: plane.origin, admission, stateDir, name: 'node-1', checker: true, caFile: null })
}

const doctor = (stateDir: string): Promise<DoctorReport> =>
  runDoctor(
    {
      image: null,
      secret: null,
      provider: null,
      policyFile: join(folder, 'policy.yaml'),
      secretsDir: join(folder, 'secrets'),
      dockerSocket: join(folder, 'docker.sock'),
      stateDir,
      dockerConfig: join(folder, 'docker.json'),
      onSteps: () => {},
    },
    new AbortController().signal,
  )

const statuses = ({ steps }: DoctorReport) =>
  Object.fromEntries(steps.map(({ step, status, problem }) => [step, problem?.code ?? status]))

test('a checker reports what it joined, and needs no Docker', async () => {
  const stateDir = join(folder, 'node')
  await joinAsChecker(stateDir)
  const report = await doctor(stateDir)
  expect(statuses(report)).toEqual({
    policy: 'done',
    state: 'done',
    node: 'done',
    control: 'done',
    clock: 'done',
    identity: 'done',
    disk: 'skipped',
    docker: 'skipped',
    gateway: 'skipped',
    doors: 'skipped',
  })
  const found = Object.fromEntries(report.steps.map(({ step, findings }) => [step, findings]))
  expect(found).toMatchObject({
    node: { name: 'node-1', host: plane.origin, provider: 'local', checker: true, running: false },
    control: { host: plane.address },
    clock: { host: plane.address },
  })
  expect(Math.abs(Number(found['clock']?.['offset_seconds']))).toBeLessThanOrEqual(1)
  using _agent = lockStateDir(stateDir)
  expect((await doctor(stateDir)).steps.find(({ step }) => step === 'node')?.findings).toMatchObject({ running: true })
})

test('a policy changed after the agent started is reported until the agent restarts', async () => {
  const stateDir = join(folder, 'node')
  const policyFile = join(folder, 'policy.yaml')
  await joinAsChecker(stateDir)
  const [secretsDir, dockerSocket] = [join(folder, 'secrets'), join(folder, 'docker.sock')]
  const options = {
    stateDir,
    policyFile,
    secretsDir,
    dockerSocket,
    advertiseAddress: null,
    checker: true,
    metricsListen: null,
    keepFiles: null,
    healthListen: null,
    untaintNode: null,
    podsOfNode: null,
    join: null,
  }
  const told = async () => (await doctor(stateDir)).warnings.map(({ code }) => code)
  const whileAgentRuns = async (look: () => Promise<unknown>) => {
    const ending = new AbortController()
    const agent = runAgent(options, ending.signal)
    await vi.waitFor(async () => expect(await readLoadedPolicy(stateDir)).not.toBeNull(), 10_000)
    await look()
    ending.abort()
    await agent
  }
  await whileAgentRuns(async () => {
    expect(await told()).toEqual(['ALLOWED_SECRETS_ABSENT'])
    await writeFile(policyFile, 'allowed_secrets: []\n', { mode: 0o644 })
    expect(await told()).toEqual(['POLICY_NOT_LOADED'])
  })
  expect(await told()).toEqual([])
  await whileAgentRuns(() => vi.waitFor(async () => expect(await told()).toEqual([]), 10_000))
})

test('an unreachable control plane and a folder that others can write are reported', async () => {
  const stateDir = join(folder, 'node')
  await joinAsChecker(stateDir)
  await plane.close()
  expect(statuses(await doctor(stateDir))).toMatchObject({ control: 'CONTROL_PLANE_UNREACHABLE', clock: 'skipped' })
  await chmod(stateDir, 0o777)
  expect(statuses(await doctor(stateDir))).toMatchObject({ state: 'AGENT_STATE_UNREADABLE', node: 'skipped' })
})
