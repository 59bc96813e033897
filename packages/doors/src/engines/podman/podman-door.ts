/** The door of podman, buildah, skopeo and CRI-O: their library reads `registries.conf.d` for the place of a registry, and `certs.d` for its keys. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { spellingsOf } from '@fairlead/contract/names'
import { isProblem, printable, problem } from '@fairlead/contract/problems'
import { interruption } from '@fairlead/credential-path/process/until-aborted'
import { stringify } from 'smol-toml'
import { CriClient } from '../cri/cri-client.ts'
import { askEngine } from '../ask-engine.ts'
import type { EngineDoor, EnginePlaces, FoundEngine } from '../engine-door.ts'
import { noticeFor } from '../hosts-toml.ts'
import { keysOf, mirrorAddress, segmentOf } from '../mirror-place.ts'
import { fileWithNarrower } from './registries-conf.ts'

const crioSocket = '/run/crio/crio.sock'

/** Any of them shows what the library reads; each with a command that pulls. */
const programs: readonly { readonly name: string; readonly pull: readonly string[] }[] = [
  { name: 'podman', pull: ['pull', '--quiet'] },
  { name: 'buildah', pull: ['pull', '--quiet'] },
  { name: 'skopeo', pull: ['inspect', '--no-tags'] },
]

const binFolders = ['/usr/bin', '/usr/local/bin']

export const podmanDoor: EngineDoor = {
  engine: 'podman',

  async find(places, signal) {
    const program = programs.flatMap(({ name }) => binFolders.map((folder) => join(folder, name)))
    const first = program.find((path) => existsSync(places.root + path))
    return [
      ...(first === undefined ? [] : [engineAt(first.slice(first.lastIndexOf('/') + 1), first, null)]),
      ...(await askEngine(crioSocket, signal, (inTime) => findCrio(places, inTime))),
    ]
  },

  /** The place itself is another one, and not a mirror of it: after a mirror that does not answer, the library asks the place. */
  files(registry, mirror, { folder }) {
    const address = mirrorAddress(mirror)
    const segment = segmentOf(registry)
    const keys = keysOf('podman', mirror.stateDir)
    const places = spellingsOf(registry).map((prefix) => ({ prefix, location: `${address}/${segment}` }))
    const inCerts = (name: string): string => join(folder, 'certs.d', address, name)
    return [
      {
        // The last file counts.
        path: join(folder, 'registries.conf.d', `zz-fairlead-${segment}.conf`),
        text: `${noticeFor(registry)}\n${stringify({ registry: places })}`,
      },
      { path: inCerts('ca.crt'), link: keys.ca },
      { path: inCerts('client.cert'), link: keys.certificate },
      { path: inCerts('client.key'), link: keys.key },
    ]
  },

  async past(registry, { root }) {
    const file = await fileWithNarrower(spellingsOf(registry), root)
    return (
      file && `${file} has an entry for a part of it, or for its host by a wildcard, which counts before the door's`
    )
  },

  async probe(image, { name, way }, { root }, signal) {
    if (way === crioSocket) return (await new CriClient(root + way).pull(image, signal)) ?? ''
    const pull = programs.find((program) => program.name === name)?.pull ?? []
    return run(way, [...pull, `docker://${image}`], signal)
  },
}

async function findCrio({ root, isRunning }: EnginePlaces, signal: AbortSignal): Promise<readonly FoundEngine[]> {
  // In a machine image, it reads our files when it starts.
  if (!isRunning || !existsSync(root + crioSocket)) return []
  try {
    const running = await new CriClient(root + crioSocket).version(signal)
    const doubt = 'it has not read its files since they were written; have it read them: systemctl reload crio'
    if (running?.name !== 'cri-o') return []
    return [{ ...engineAt(`CRI-O ${running.version}`, crioSocket, doubt), readsAtStart: true }]
  } catch (error) {
    if (isProblem(error, 'DOOR_ENGINE_SILENT')) return []
    throw error
  }
}

const engineAt = (name: string, way: string, doubt: string | null): FoundEngine => ({
  engine: 'podman',
  name,
  folder: '/etc/containers',
  way,
  doubt,
})

/** What a program prints if it fails; empty if it does not. */
function run(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const env = { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' }
  execFile(program, args, { env, signal, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
    if (signal.aborted) reject(interruption(signal))
    else if (error !== null && typeof error.code === 'string') {
      reject(problem('DOOR_ENGINE_SILENT', { path: program, reason: printable(error.message) }))
    } else resolve(error === null ? '' : stdout + stderr || error.message)
  })
  return promise
}
