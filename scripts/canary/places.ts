/** The places that are searched, each with a value known to be there. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  canaryForms,
  cleanPlace,
  newFolder,
  scanFiles,
  scanMemory,
  scanPackets,
  type CanaryRow,
  type Finding,
  type Machine,
  type Sought,
} from '@fairlead/testkit'
import type { CanaryCase, CanaryStage } from './stage.ts'

/** The input for a search of one place. */
interface Place {
  place: string
  /** A value known to be there, and what it is. */
  control: Sought
}

export async function memoryRow(place: Place, pids: readonly number[], secrets: readonly Sought[]): Promise<CanaryRow> {
  const scans = []
  for (const pid of pids) scans.push(await scanMemory(pid, canaryForms(secrets, place.control.value)))
  const bytes = scans.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  const processes = pids.length === 1 ? '' : ` of ${pids.length} processes`
  return clean(
    place,
    `${size(bytes)}${processes}`,
    scans.flatMap(({ findings }) => findings),
  )
}

export async function filesRow(
  place: Place,
  folders: readonly string[],
  secrets: readonly Sought[],
): Promise<CanaryRow> {
  const scans = []
  for (const folder of folders) scans.push(await scanLiveFiles(folder, secrets, place.control.value))
  const files = scans.reduce((sum, { filesRead }) => sum + filesRead, 0)
  const bytes = scans.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  return clean(
    place,
    `${files} ${files === 1 ? 'file' : 'files'}, ${size(bytes)}`,
    scans.flatMap(({ findings }) => findings),
  )
}

export async function packetsRow(place: Place, capture: string, secrets: readonly Sought[]): Promise<CanaryRow> {
  const scan = await scanPackets(capture, canaryForms(secrets, place.control.value))
  if (scan.gaps > 0) throw new Error(`the packet capture lacks bytes in ${scan.gaps} places, which were not searched`)
  return clean(place, `${scan.packets} packets, ${scan.streams} streams, ${size(scan.bytesRead)}`, scan.findings)
}

export async function processRows(stage: CanaryStage, secrets: readonly Sought[]): Promise<CanaryRow[]> {
  const name = stage.cases[0]?.name ?? ''
  const controls = [
    { file: 'cmdline', place: 'command lines of all processes', value: name, what: "the name of a user's cluster" },
    { file: 'environ', place: 'environments of all processes', value: stage.marker, what: markerName },
  ]
  const forms = controls.map(({ value }) => canaryForms(secrets, value))
  const scan = await stage.processes.finish(forms.flat())
  return controls.map(({ file, place, what }) =>
    clean(
      { place, control: { name: what, value: '' } },
      `${scan.samples} samples, at most ${Math.ceil(scan.longestPauseMs)} ms apart; ${scan.texts} texts`,
      scan.findings.filter((finding) => finding.place.startsWith(file)),
    ),
  )
}

/** Everything Docker reports about a case's container and image, and the container's whole file system. */
export async function containerRow(
  stage: CanaryStage,
  { kind, name }: CanaryCase,
  secrets: readonly Sought[],
): Promise<CanaryRow> {
  const folder = newFolder(`container-${name}`)
  await stage.machine.mustExec('sh', ['-ec', lookIntoContainers, 'sh', folder])
  return filesRow(
    { place: `container of the ${kind} cluster: inspect, env, logs, diff, export`, control: markerOf(stage) },
    [folder],
    secrets,
  )
}

const lookIntoContainers = `
cd "$1"
docker info > info; docker images --digests --no-trunc > images; docker ps -a --no-trunc > containers
test -s containers
for id in $(docker ps -aq); do
  docker inspect $id > $id.inspect
  docker image inspect $(docker inspect -f '{{.Image}}' $id) > $id.image
  docker history --no-trunc $(docker inspect -f '{{.Image}}' $id) > $id.history
  docker exec $id env > $id.env
  docker logs $id > $id.log 2>&1
  docker diff $id > $id.diff
  docker export -o $id.tar $id
done`

/** The engine, its containerd and its shims: everything in the machine's process namespace, by name. */
export async function dockerPids(machine: Machine): Promise<number[]> {
  const namespace = await readlink(`/proc/${machine.holderPid}/ns/pid`)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const name = await readFile(`/proc/${pid}/comm`, 'utf8')
        return /^(?:dockerd|containerd)/.test(name) && (await readlink(`/proc/${pid}/ns/pid`)) === namespace
      } catch {
        // It has exited meanwhile.
        return false
      }
    }),
  )
  return pids.filter((_, at) => found[at]).map(Number)
}

/** A machine's folder as seen there, including its mounts. */
export function onMachine(machine: Machine, ...path: string[]): string {
  return join(`/proc/${machine.holderPid}/root`, ...path)
}

export const markerName = 'an env var of the environment'

export function markerOf({ marker }: CanaryStage): Sought {
  return { name: markerName, value: marker }
}

/** While programs run, files come and go: a search that lost one starts over. */
async function scanLiveFiles(folder: string, secrets: readonly Sought[], control: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await scanFiles(folder, canaryForms(secrets, control))
    } catch (error) {
      const vanished = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!vanished || attempt === 10) throw error
    }
  }
}

function clean({ place, control }: Place, searched: string, findings: readonly Finding[]): CanaryRow {
  return cleanPlace({ place, searched, control: control.name }, findings)
}

function size(bytes: number): string {
  return bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} kB` : `${Math.round(bytes / 1024 ** 2)} MB`
}
