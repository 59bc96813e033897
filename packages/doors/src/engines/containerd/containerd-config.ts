/** What a containerd's own file says, and what 2.0 to 2.3 say nowhere else: its folder of registries, and how many layers it unpacks at once. */
import { glob, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'

const Registry = z.object({ registry: z.object({ config_path: z.string().optional() }).optional() }).optional()
const Config = z.object({
  imports: z.array(z.string()).optional(),
  disabled_plugins: z.array(z.string()).optional(),
  plugins: z
    .object({
      // Versions 1, 2 and 3 of the file.
      cri: Registry,
      'io.containerd.grpc.v1.cri': Registry,
      'io.containerd.cri.v1.images': Registry,
      'io.containerd.transfer.v1.local': z.object({ max_concurrent_unpacks: z.int().optional() }).optional(),
    })
    .optional(),
})
const criPlugins = new Set(['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images'])

export interface ContainerdFile {
  /** Null if it sets none. */
  readonly configPath: string | null
  readonly imports: readonly string[]
  /** False: no kubelet can use it, as one that Docker's packages install. */
  readonly hasCri: boolean
  /** Null if it does not say. */
  readonly layersAtOnce: number | null
}

/** Null if it is not a configuration of containerd. */
export function parseContainerdFile(text: string): ContainerdFile | null {
  let document: unknown
  try {
    document = parse(text)
  } catch {
    return null
  }
  const config = Config.safeParse(document)
  if (!config.success) return null
  const { imports = [], disabled_plugins = [], plugins = {} } = config.data
  const set = [plugins['io.containerd.cri.v1.images'], plugins['io.containerd.grpc.v1.cri'], plugins.cri]
  return {
    configPath: set.map((plugin) => plugin?.registry?.config_path).find(Boolean) ?? null,
    imports,
    hasCri: !disabled_plugins.some((name) => criPlugins.has(name)),
    layersAtOnce: plugins['io.containerd.transfer.v1.local']?.max_concurrent_unpacks ?? null,
  }
}

/** Reads a file and those that it imports, of which the last one counts. What cannot be read says nothing. */
export async function readContainerdConfig(file: string, root: string): Promise<Omit<ContainerdFile, 'imports'>> {
  const seen = new Set<string>()
  const pending = [file]
  let configPath: string | null = null
  let hasCri = true
  let layersAtOnce: number | null = null
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (seen.has(path)) continue
    seen.add(path)
    const read = await readFile(join(root, path), 'utf8').then(parseContainerdFile, () => null)
    configPath = read?.configPath ?? configPath
    hasCri &&= read?.hasCri ?? true
    layersAtOnce = read?.layersAtOnce ?? layersAtOnce
    for (const pattern of read?.imports ?? []) pending.push(...(await matches(resolve(dirname(path), pattern), root)))
  }
  return { configPath, hasCri, layersAtOnce }
}

async function matches(pattern: string, root: string): Promise<string[]> {
  const paths: string[] = []
  for await (const path of glob(root + pattern)) paths.push(path.slice(root.length))
  return paths.toSorted()
}
