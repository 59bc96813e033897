/** The ingredients of a Ray image. Two equal recipes give the same image, so the recipe's hash names the cached result. */
import { createHash } from 'node:crypto'

export interface RayRecipe {
  /** Increased when a build step changes the result. */
  revision: number
  rayVersion: string
  debian: string
  python: string
  architecture: 'amd64' | 'arm64'
  /** Debian packages in addition to Python; absent if there are none, so that the plain image keeps its hash. */
  packages?: readonly string[]
}

const architectures: Partial<Record<NodeJS.Architecture, RayRecipe['architecture']>> = { x64: 'amd64', arm64: 'arm64' }

export function rayRecipe(
  rayVersion: string,
  machine: NodeJS.Architecture = process.arch,
  packages: readonly string[] = [],
): RayRecipe {
  if (!/^\d+\.\d+\.\d+$/.test(rayVersion)) throw new Error('a Ray version is three numbers, such as 2.55.1')
  const architecture = architectures[machine]
  if (architecture === undefined) throw new Error(`Ray has no wheels for a ${machine} machine`)
  const plain = { revision: 1, rayVersion, debian: 'bookworm', python: '3.11', architecture } as const
  return packages.length === 0 ? plain : { ...plain, packages }
}

/** `lock` is the text of the lock with Ray's wheels. */
export function hashOfRecipe(recipe: RayRecipe, lock: string): string {
  return createHash('sha256')
    .update(JSON.stringify([recipe, lock]))
    .digest('hex')
    .slice(0, 12)
}
