/**
 * The canary proof (S1, S5): a full run with passwords that exist nowhere else, then a search for them, and for the
 * tokens made with them, everywhere they must not be. The test and the command both call this function.
 */
import { dirname } from 'node:path'
import { canaryForms, eventually, scanMemory, type CanaryRow, type Sought } from '@fairlead/testkit'
import { localPorts } from './own-sockets.ts'
import {
  containerRow,
  dockerPids,
  filesRow,
  markerOf,
  memoryRow,
  onMachine,
  packetsRow,
  processRows,
} from './places.ts'
import { rayTokenOf, rayTokenRows } from './ray-token.ts'
import { buildStage, type CanaryCase, type CanaryStage } from './stage.ts'

/** Reports that a part has started. */
export type Progress = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>

export async function proveCanary(progress: Progress): Promise<CanaryRow[]> {
  await using parts = new AsyncDisposableStack()
  const stage = await progress('registries, secret manager, control plane, node', () => buildStage(parts))
  const rows: CanaryRow[] = []
  for (const one of stage.cases) {
    rows.push(...(await progress(`a cluster from the ${one.kind} registry`, () => runCluster(stage, one))))
  }
  rows.push(...(await progress('search of memory and files', () => searchAtTheEnd(stage))))
  const after = async (): Promise<CanaryRow[]> => {
    const last = stage.cases.at(-1)
    if (last !== undefined) await stage.fairlead('cluster', 'terminate', '-n', last.name)
    await Promise.all([stage.agent.stop(), stage.serve.stop()])
    const secrets = stage.secrets()
    const place = { place: 'packets to and from the control plane', control: markerOf(stage) }
    return [
      await packetsRow(place, await stage.packets.finish(), secrets),
      await filesRow(
        { place: 'control plane, database after its end', control: markerOf(stage) },
        [stage.serve.dir],
        secrets,
      ),
      ...(await processRows(stage, [...secrets, ...stage.rayTokens])),
    ]
  }
  rows.push(...(await progress('search of packets and processes', after)))
  return rows
}

/** As a user does it; the download pauses while the agent needs the login, and memory is searched at that moment. */
async function runCluster(stage: CanaryStage, one: CanaryCase): Promise<CanaryRow[]> {
  const { kind, name, proxy } = one
  await stage.fairlead('cluster-env', 'build', '-n', name, await stage.writeEnvironment(one))
  const { promise: until, resolve: letGo } = Promise.withResolvers<void>()
  const held = proxy.inject({ path: /\/blobs\/sha256/, fault: { kind: 'hold', until } })
  const rows: CanaryRow[] = []
  try {
    await stage.fairlead('cluster', 'start', '-n', name, '--env', name, '--no-wait')
    await eventually(() => (held.hits > 0 ? true : undefined), {
      what: 'the agent asks for a layer',
      timeoutMs: 60_000,
    })
    const secrets = stage.secrets()
    await requireOnePort(stage)
    rows.push(
      ...(await agentRows(stage, kind)),
      await memoryRow(
        { place: `control plane, memory, in the ${kind} pull`, control: markerOf(stage) },
        [stage.serve.pid],
        secrets,
      ),
    )
  } finally {
    held.remove()
    letGo()
  }
  await eventually(
    async () => {
      const { state } = await stage.ask<{ state: string }>('cluster', 'status', '-n', name)
      return state === 'Running' ? true : undefined
    },
    { what: `cluster ${name} runs`, timeoutMs: 120_000 },
  )
  rows.push(await containerRow(stage, one, stage.secrets()))
  stage.rayTokens.push(await rayTokenOf(stage, one))
  rows.push(...(await rayTokenRows(stage, one)))
  if (one !== stage.cases.at(-1)) await stage.fairlead('cluster', 'terminate', '-n', name)
  return rows
}

/** All packets of the control plane are captured only while it uses no port but its own. */
async function requireOnePort({ serve }: CanaryStage): Promise<void> {
  const ports = await localPorts(serve.pid)
  const own = Number(new URL(serve.origin).port)
  if (ports.size === 1 && ports.has(own)) return
  throw new Error(
    `the control plane has sockets on the ports ${[...ports].join(', ')}; of ${own} alone were packets captured`,
  )
}

/** Where the secrets are meant to be: here the canary itself is the control for the search. */
async function agentRows({ agent, secrets }: CanaryStage, kind: CanaryCase['kind']): Promise<CanaryRow[]> {
  const wanted = secrets().filter(({ name }) => name.includes(kind) || (kind === 'Bearer' && name.startsWith('token')))
  const [password, ...tokens] = wanted
  if (password === undefined) throw new Error('there is no password to look for')
  const scan = await scanMemory(agent.pid, canaryForms(wanted, password.value))
  const holds = (name: string): boolean => scan.findings.some(({ form }) => form.startsWith(`${name} (`))
  const row = (what: string, found: boolean): CanaryRow => ({
    place: `agent, memory, in the ${kind} pull`,
    searched: `${Math.round(scan.bytesRead / 1024 ** 2)} MB`,
    control: { what, found },
    findings: 'belong there',
  })
  return [
    row(password.name, holds(password.name)),
    ...(tokens.length === 0
      ? []
      : [
          row(
            'its token',
            tokens.some(({ name }) => holds(name)),
          ),
        ]),
  ]
}

async function searchAtTheEnd(stage: CanaryStage): Promise<CanaryRow[]> {
  const { agent, engine, machine, serve, cases } = stage
  await requireOnePort(stage)
  const secrets = stage.secrets()
  const marker = markerOf(stage)
  const files = (place: string, control: Sought, ...paths: string[]): Promise<CanaryRow> =>
    filesRow({ place, control }, paths, secrets)
  const seenThere = (...path: string[]): string => onMachine(machine, ...path)
  const registry = { name: 'the address of a registry', value: cases[0]?.proxy.host ?? '' }
  return [
    await memoryRow({ place: 'control plane, memory, after both', control: marker }, [serve.pid], secrets),
    await files('control plane, database and WAL', marker, serve.dir),
    await files('control plane, log', { name: 'its address', value: serve.origin }, dirname(serve.logFile)),
    await memoryRow({ place: 'Docker, memory', control: marker }, await dockerPids(machine), secrets),
    await files('Docker, data-root', marker, seenThere('/var/lib/docker')),
    await files('Docker, exec-root', marker, seenThere('/run')),
    await files('Docker, log', { name: 'its first words', value: 'API listen on ' }, engine.logFile),
    await files('agent, state', registry, machine.stateDir),
    await files('agent, log', { name: 'the id of the node', value: agent.nodeId }, agent.logFile),
    await files(
      'node, all else in /etc, /var/lib, home',
      registry,
      ...['overlay', 'etc-fairlead', 'etc-docker', 'home'].map((folder) => seenThere(machine.dir, folder)),
    ),
  ]
}
