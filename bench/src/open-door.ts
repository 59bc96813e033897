/** Plain `docker pull` through a door against a person's own commands: the same image and registry, whole commands, each engine with a cold disk. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enginePrograms, fairleadProgram, inLog, untilReady, type Machine } from '@fairlead/testkit'
import type { Benchmark } from './benchmark.ts'
import { loginAndPull } from './lab/docker-by-hand.ts'
import { nodePolicy, openLab, type Lab } from './lab/lab.ts'
import { usageOf } from './process-usage.ts'

interface Round {
  readonly doorMs: number
  readonly agentCpuMs: number
  readonly newestMs: number
  readonly debianMs: number
}

export const openDoor: Benchmark = {
  name: 'open-door',
  what: 'docker pull through a door against docker login && docker pull, on the newest Docker and on Debian’s; cold',
  async run({ pairs: count }, say) {
    await using lab = await openLab()
    const binDir = await enginePrograms()
    const rounds: Round[] = []
    for (let number = 1; number <= count; number += 1) {
      const measured = await measureRound(lab, binDir, number % 2 === 1)
      rounds.push(measured)
      const seconds = [measured.doorMs, measured.newestMs, measured.debianMs].map((ms) => (ms / 1000).toFixed(2))
      say(`round ${number}: ${seconds.join(' s, ')} s`)
    }
    const series = (name: string, unit: 'ms' | 'x', value: (round: Round) => number) => ({
      name,
      unit,
      values: rounds.map(value),
    })
    return [
      {
        title: 'from the command to the image on the machine',
        series: [
          series('newest Docker: docker pull through a door', 'ms', ({ doorMs }) => doorMs),
          series('newest Docker: docker login, docker pull', 'ms', ({ newestMs }) => newestMs),
          series('Debian’s Docker: docker login, docker pull', 'ms', ({ debianMs }) => debianMs),
          series('door to login, newest Docker', 'x', ({ doorMs, newestMs }) => doorMs / newestMs),
          series('newest Docker to Debian’s, by login', 'x', ({ newestMs, debianMs }) => newestMs / debianMs),
          series('agent: processor time', 'ms', ({ agentCpuMs }) => agentCpuMs),
        ],
      },
    ]
  },
}

async function measureRound(lab: Lab, binDir: string, isDoorFirst: boolean): Promise<Round> {
  const debianMs = await byHand(lab)
  if (isDoorFirst) {
    const door = await throughDoor(lab, binDir)
    return { debianMs, ...door, newestMs: await byHand(lab, binDir) }
  }
  const newestMs = await byHand(lab, binDir)
  return { debianMs, newestMs, ...(await throughDoor(lab, binDir)) }
}

async function byHand(lab: Lab, binDir?: string): Promise<number> {
  await using alone = await lab.newMachine({ engine: { ...(binDir !== undefined && { binDir }) } })
  await lab.settle()
  return (await loginAndPull(alone.machine, lab)).wallMs
}

async function throughDoor(lab: Lab, binDir: string): Promise<Pick<Round, 'doorMs' | 'agentCpuMs'>> {
  const { host } = lab.registry
  const policy = { ...nodePolicy, allowed_registries: [host], doors: { [host]: 'login' } }
  await using alone = await lab.newMachine({ engine: { binDir }, policy })
  const { machine } = alone
  // An agent that has not joined a cloud reads secrets from its own folder.
  const secrets = join(machine.etcDir, 'secrets')
  await mkdir(secrets, { recursive: true, mode: 0o700 })
  await writeFile(join(secrets, 'login'), JSON.stringify({ ...lab.login, server: host }), { mode: 0o600 })
  await using agent = await startAgent(machine)
  await machine.mustExec(process.execPath, [fairleadProgram, 'door', 'open'])
  await lab.settle()
  const before = { at: performance.now(), cpuMs: usageOf(agent.pid).cpuMs }
  await machine.mustExec('docker', ['pull', '--quiet', lab.image.reference], { timeoutMs: 600_000 })
  return { doorMs: performance.now() - before.at, agentCpuMs: usageOf(agent.pid).cpuMs - before.cpuMs }
}

async function startAgent(machine: Machine) {
  const logFile = join(machine.dir, 'agent.log')
  const agent = machine.spawn(process.execPath, [fairleadProgram, 'agent', 'run'], { logFile })
  await untilReady(agent, 'the agent serves doors', inLog(agent, /"the doors are served"/))
  return { pid: agent.pid, [Symbol.asyncDispose]: () => agent.stop() }
}
