/** Where the token that Ray requires in a cluster is, and where it is not: the control plane makes it, and it is no registry login. */
import { dirname } from 'node:path'
import { canaryForms, newFolder, scanFiles, type CanaryRow, type Sought } from '@fairlead/testkit'
import { filesRow, markerOf } from './places.ts'
import type { CanaryCase, CanaryStage } from './stage.ts'

export async function rayTokenOf({ ask }: CanaryStage, { kind, name }: CanaryCase): Promise<Sought> {
  const { ray_token } = await ask<{ ray_token: string }>('cluster', 'connect', '-n', name)
  return { name: `Ray's token of the ${kind} cluster`, value: ray_token }
}

/** While the cluster runs. */
export async function rayTokenRows(stage: CanaryStage, { kind }: CanaryCase): Promise<CanaryRow[]> {
  const { agent, machine, rayTokens, serve } = stage
  const token = rayTokens.at(-1)
  if (token === undefined) throw new Error('there is no token to look for')
  const what = `Ray's token of the ${kind} cluster`
  const absent = (place: string, control: Sought, folder: string): Promise<CanaryRow> =>
    filesRow({ place: `${what}: ${place}`, control }, [folder], [token])
  const told = newFolder('docker-tells')
  await machine.mustExec('sh', ['-ec', whatDockerTells, 'sh', told])
  const file = await machine.mustExec('sh', ['-c', 'docker exec $(docker ps -q) cat /run/fairlead/ray-token'])
  const stored = await scanFiles(serve.dir, canaryForms([token], markerOf(stage).value))
  return [
    belongs(
      `${what}: control plane, database`,
      token.name,
      stored.findings.some(({ form }) => form.startsWith(`${token.name} (`)),
    ),
    belongs(`${what}: its file in the container`, token.name, file.trim() === token.value),
    await absent('control plane, log', { name: 'its address', value: serve.origin }, dirname(serve.logFile)),
    await absent('agent, log', { name: 'the id of the node', value: agent.nodeId }, agent.logFile),
    await absent('agent, state', { name: 'the id of the node', value: agent.nodeId }, machine.stateDir),
    await absent('inspect, env and logs of the container', markerOf(stage), told),
  ]
}

const belongs = (place: string, what: string, found: boolean): CanaryRow => ({
  place,
  searched: 'all of it',
  control: { what, found },
  findings: 'belong there',
})

const whatDockerTells = `
cd "$1"
for id in $(docker ps -q); do
  docker inspect $id > $id.inspect; docker exec $id env > $id.env; docker logs $id > $id.log 2>&1
done`
