/** The `hosts.toml` of a registry, under each of its names, which containerd's library reads: in Docker from version 29, and in containerd from version 1.6. */
import { join } from 'node:path'
import { spellingsOf } from '@fairlead/contract/names'
import { stringify } from 'smol-toml'
import type { DoorFile, FoundEngine } from './engine-door.ts'
import { keysOf, mirrorAddress, segmentOf, type MirrorPlace } from './mirror-place.ts'

/**
 * `server` stands for the registry itself, so it must be the mirror, too: without it, an engine that gets no answer goes on to the registry.
 * The settings are in a table of their own, because containerd 1.6 drops the whole file if they are beside `server`. It is asked second, but
 * without the authority it cannot be trusted, so nothing is sent. Docker also needs both: it trusts any certificate of a single host on
 * loopback if its configuration names any insecure registry.
 */
export function hostsFiles(
  registry: string,
  mirror: MirrorPlace,
  { engine, folder }: FoundEngine,
): readonly DoorFile[] {
  const origin = `https://${mirrorAddress(mirror)}`
  const server = `${origin}/v2/${segmentOf(registry)}`
  const { ca, certificate, key } = keysOf(engine, mirror.stateDir)
  const asking = (capabilities: readonly string[]) => ({
    capabilities,
    override_path: true,
    ca,
    client: [[certificate, key]],
  })
  const host = {
    [server]: asking(['pull', 'resolve']),
    // Nothing is there but a refusal that says how to push; without it, Docker asks `server` and reports an unknown authority.
    ...(engine === 'docker' && { [`${origin}/push/${segmentOf(registry)}`]: asking(['push']) }),
  }
  const text = `${noticeFor(registry)}\n${stringify({ server, host })}`
  return spellingsOf(registry).map((name) => ({ path: join(folder, folderOf(name), 'hosts.toml'), text }))
}

/** The first line of each file of a door. */
export const noticeFor = (registry: string): string =>
  `# Written by fairlead for its door; \`fairlead door close ${registry}\` removes it and restores what was here.`

/** The name that the library looks for first; one with a colon comes second. */
const folderOf = (name: string): string => name.replace(/:(\d+)$/, '_$1_')
