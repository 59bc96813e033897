/** What an admission needs of an image's config (OCI image spec, `config.md`): the machine it was built for, and what its layers unpack to. */
import { Digest } from '@fairlead/contract/names'
import type { Problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { foldKey, isUnambiguous } from '../http/unambiguous-json.ts'
import { parseObject, textOf } from './manifest.ts'
import type { NodePlatform } from './platform.ts'

export interface ConfigFacts {
  readonly platform: NodePlatform
  /** The digest of each unpacked layer, lowest first. */
  readonly diffIds: readonly string[]
}

const word = z.string().regex(/^[a-z0-9]{1,20}$/)
const variantForm = z.string().regex(/^[a-z0-9.]{0,20}$/)

const Config = z.looseObject({
  os: word,
  architecture: word,
  variant: variantForm.optional(),
  rootfs: z.looseObject({ diff_ids: z.array(Digest) }),
})

/** `rootfs` names the unpacked layers; an engine merges the labels of a `config` that has them twice. */
const decisive: ReadonlySet<string> = new Set(['rootfs', 'config'])

/**
 * Labels, variables and the like, in bytes. An engine repeats them with each answer about a container: with more, it would be too long for us, and
 * the container could be neither seen nor stopped (S9).
 */
const largestSettings = 1024 * 1024

export interface ConfigRefusals {
  /** It is not the config of an image, or an engine could read it in another way (S16). */
  readonly unsupported: () => Problem
  /** It is that of an image with another number of layers. */
  readonly corrupt: () => Problem
}

/** Throws one of the refusals. */
export function parseImageConfig(
  bytes: Uint8Array,
  layers: number,
  { unsupported, corrupt }: ConfigRefusals,
): ConfigFacts {
  const document = parseObject(bytes, unsupported)
  // Counted before they are looked at: 8 MiB have room for two million (S9).
  if ((countOfLayers(document) ?? layers) !== layers) throw corrupt()
  const parsed = Config.safeParse(document)
  if (!parsed.success || sizeOfSettings(document) > largestSettings) throw unsupported()
  if (!isUnambiguous(textOf(bytes), decisive)) throw unsupported()
  const { os, architecture: arch, variant = null, rootfs } = parsed.data
  return { platform: { os, arch, variant }, diffIds: rootfs.diff_ids }
}

/** Null if it has no list of them. */
function countOfLayers({ rootfs }: Record<string, unknown>): number | null {
  const names = typeof rootfs === 'object' && rootfs !== null && 'diff_ids' in rootfs ? rootfs.diff_ids : null
  return Array.isArray(names) ? names.length : null
}

/** Infinity where the key is in another case, for which nobody has a use: an engine would read it, and nothing below looks into it. */
function sizeOfSettings(document: Record<string, unknown>): number {
  if (Object.keys(document).some((key) => key !== 'config' && foldKey(key) === 'config')) return Infinity
  try {
    return Buffer.byteLength(JSON.stringify(document['config'] ?? null))
  } catch {
    // Nested so deep that nobody wrote it.
    return Infinity
  }
}
