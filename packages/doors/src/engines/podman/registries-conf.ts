/** The registries.conf files of podman's library: which of them leads a part of a registry past its door, although the rest goes through it. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'

/** A table whose keys the library reads in any case. */
const table = <Shape extends z.ZodRawShape>(shape: Shape) => z.preprocess(inLowerCase, z.object(shape))

const Conf = table({
  registry: z
    .array(
      table({
        prefix: z.string().optional(),
        location: z.string().optional(),
        blocked: z.boolean().optional(),
      }),
    )
    .optional(),
})

export interface RegistryEntry {
  /** HOST[:PORT][/PATH], or `*.` and a part of a host. */
  readonly prefix: string
  /** Nothing is pulled from there. */
  readonly isBlocked: boolean
}

/** Empty if the library would refuse the file, and with it every pull. */
export function parseRegistriesConf(text: string): readonly RegistryEntry[] {
  let document: unknown
  try {
    document = parse(text)
  } catch {
    return []
  }
  const entries = Conf.safeParse(document).data?.registry ?? []
  return entries.map(({ prefix, location = '', blocked = false }) => {
    return { prefix: (prefix || location).replace(/(?<!\/)\/+$/, ''), isBlocked: blocked }
  })
}

function inLowerCase(found: unknown): unknown {
  if (typeof found !== 'object' || found === null) return found
  return Object.fromEntries(Object.entries(found).map(([key, value]: [string, unknown]) => [key.toLowerCase(), value]))
}

/**
 * Whether an image of the registry goes by this entry rather than by one for the whole registry: the longest prefix counts, in whole components. Of two
 * that are equally long, `*.` comes first.
 */
export function isNarrower(prefix: string, registry: string): boolean {
  if (prefix.startsWith('*.')) return registry.endsWith(prefix.slice(1)) && prefix.length >= registry.length
  return prefix.startsWith(`${registry}/`)
}

// The newest versions also read what the distribution brings, and what is for root's engines alone.
const folders = ['/usr/share/containers', '/etc/containers', '/root/.config/containers']
const dropIns = ['registries.conf.d', 'registries.rootful.conf.d']

/** The file of the first such entry, outside the root; null if there is none. */
export async function fileWithNarrower(registries: readonly string[], root: string): Promise<string | null> {
  const entries = new Map<string, { readonly file: string; readonly isBlocked: boolean }>()
  for (const file of await filesInOrder(root)) {
    const text = await readFile(join(root, file), 'utf8').catch(() => '')
    // Within one file the first entry for a prefix counts, of several files the last.
    for (const { prefix, isBlocked } of parseRegistriesConf(text).toReversed()) entries.set(prefix, { file, isBlocked })
  }
  const found = [...entries].find(
    ([prefix, { isBlocked }]) => !isBlocked && registries.some((registry) => isNarrower(prefix, registry)),
  )
  return found?.[1].file ?? null
}

/** As the library reads them: one main file, root's own before the machine's, and then the others by folder and name. */
async function filesInOrder(root: string): Promise<readonly string[]> {
  const mains = folders.map((folder) => join(folder, 'registries.conf'))
  const texts = await Promise.all(mains.map((path) => readFile(join(root, path)).catch(() => null)))
  const main = mains.findLast((_, index) => texts[index] !== null)
  const others = await Promise.all(
    folders
      .flatMap((folder) => dropIns.map((name) => join(folder, name)))
      .map(async (folder) => {
        const names = await readdir(join(root, folder)).catch(() => [])
        return names
          .filter((name) => name.endsWith('.conf'))
          .toSorted()
          .map((name) => join(folder, name))
      }),
  )
  return [...(main === undefined ? [] : [main]), ...others.flat()]
}
