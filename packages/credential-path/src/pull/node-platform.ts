/** The platform images are resolved for: the engine's, or this machine's if there is no engine. */
import { arch } from 'node:process'
import type { Engine } from '../engine/engine.ts'
import type { NodePlatform } from '../registry/image/platform.ts'
import type { PullTally } from '../record/pull-tally.ts'

/** Docker and OCI use Go's names. */
const goNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', x86_64: 'amd64', aarch64: 'arm64' }

export async function platformOf(engine: Engine, signal: AbortSignal, tally?: PullTally): Promise<NodePlatform> {
  const version = await engine.version(signal)
  if (tally !== undefined) tally.engineVersion = version.version
  return { os: version.os, arch: goNames[version.arch] ?? version.arch, variant: null }
}

/** A checker runs on the same kind of machine as its nodes. */
export const ownPlatform = (): NodePlatform => ({ os: 'linux', arch: goNames[arch] ?? arch, variant: null })
