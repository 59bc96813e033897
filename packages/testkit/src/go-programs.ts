/**
 * The newest Docker Engine, containerd 2, runc, a kubelet and Docker Compose, built from source with Go: no distribution has them all, and
 * the module hashes next to this file pin every byte of the build. Cached by the hash of the recipe; the first build takes minutes.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mustRun } from './command.ts'
import { keptFolder } from './kept-folder.ts'
import { userCacheDir } from './user-cache-dir.ts'
import { buildGoTools, type GoModule } from './go-programs/build.ts'

export interface GoProgramsOptions {
  /** Kept between runs; the programs go to a folder below it. */
  cacheDir: string
  onProgress?: (fraction: number) => void
}

const inFolder = (name: string): string => fileURLToPath(new URL(`go-programs/${name}`, import.meta.url))

// A C library writes runc's seccomp filter; the others need no C, and are therefore static. Compose 2 is the last that brings BuildKit's client
// with it; the next needs buildx as well, or falls back to the classic builder.
const modules: readonly GoModule[] = [
  { folder: inFolder('kubelet'), cgo: false, ldflags: '-X k8s.io/component-base/version.gitVersion=v1.35.0' },
  { folder: inFolder('docker'), cgo: false, ldflags: '' },
  { folder: inFolder('containerd'), cgo: false, ldflags: '' },
  { folder: inFolder('runc'), cgo: true, ldflags: '', tags: 'seccomp' },
  { folder: inFolder('compose'), cgo: false, ldflags: '', program: 'docker-compose' },
]

/** The folder with `dockerd`, `containerd`, `containerd-shim-runc-v2`, `ctr`, `runc`, `kubelet` and `docker-compose`; built now if the cache has none. */
export async function ensureGoPrograms({ cacheDir, onProgress }: GoProgramsOptions): Promise<string> {
  return keptFolder(join(cacheDir, `go-bin-${hashOfRecipe(await goVersion(), modules)}`), async (bin) => {
    await buildGoTools(modules, bin, onProgress)
    await writeFile(join(bin, 'complete'), '')
  })
}

/** The path of `actionlint`, which checks GitHub's workflows; built now if the cache has none. */
export async function ensureActionlint(cacheDir: string): Promise<string> {
  const module = { folder: inFolder('actionlint'), cgo: false, ldflags: '' }
  const bin = await keptFolder(join(cacheDir, `go-actionlint-${hashOfRecipe(await goVersion(), [module])}`), (draft) =>
    buildGoTools([module], draft),
  )
  return join(bin, 'actionlint')
}

/** The folder that `FAIRLEAD_ENGINE_BIN` names, or one filled for it. */
export async function enginePrograms(options: Partial<GoProgramsOptions> = {}): Promise<string> {
  const { cacheDir = userCacheDir(), ...more } = options
  return process.env['FAIRLEAD_ENGINE_BIN'] ?? (await ensureGoPrograms({ cacheDir, ...more }))
}

function hashOfRecipe(goVersion: string, recipe: readonly GoModule[]): string {
  const hash = createHash('sha256').update(goVersion)
  for (const { folder, ...how } of recipe) {
    hash.update(JSON.stringify(how))
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

async function goVersion(): Promise<string> {
  try {
    return (await mustRun('go', ['version'])).trim()
  } catch (error) {
    throw new Error('Go is needed, and there is no working `go` on PATH: see go.dev/doc/install', {
      cause: error,
    })
  }
}
