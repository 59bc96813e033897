/** Builds the tools that `go.mod` files name, one module after another, quietly and at low priority for others on the machine. */
import { join } from 'node:path'
import { mustRun } from '../command.ts'
import { runToEnd } from '../run-to-end.ts'

export interface GoModule {
  /** With a `go.mod` whose `tool` lines list what to build, and the hashes of all its inputs. */
  readonly folder: string
  /** The tools to build; all when absent. */
  readonly tools?: readonly string[]
  /** Whether C is also compiled and linked. */
  readonly cgo: boolean
  readonly ldflags: string
  readonly tags?: string
  /** Without inlined functions the compiler needs a fifth less time, and the program is slower: not for what is measured. */
  readonly inlining?: false
  /** What its only program is called; as its folder when absent. */
  readonly program?: string
}

export async function buildGoTools(
  modules: readonly GoModule[],
  bin: string,
  onProgress: (fraction: number) => void = () => {},
): Promise<void> {
  onProgress(0)
  const sized: { module: GoModule; packages: number }[] = []
  // Also downloads what is missing.
  for (const module of modules) sized.push({ module, packages: await countPackages(module) })
  const total = sized.reduce((sum, { packages }) => sum + packages, 0)
  let before = 0
  for (const { module, packages } of sized) {
    let done = 0
    await build(module, bin, () => {
      done += 1
      onProgress((before + Math.min(done, packages)) / total)
    })
    before += packages
    onProgress(before / total)
  }
}

/** The hashes in go.sum are the entire proof: a module without one is refused, and Go must not download another Go. */
const environmentOf = ({ cgo }: GoModule): NodeJS.ProcessEnv => ({
  ...process.env,
  CGO_ENABLED: cgo ? '1' : '0',
  GOFLAGS: '-mod=readonly -buildvcs=false',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
})

/** Where Go keeps the sources of a module that a tool needs. */
export async function sourcesOf(user: GoModule, name: string): Promise<string> {
  const listed = await mustRun('go', ['list', '-m', '-f', '{{.Dir}}', name], {
    cwd: user.folder,
    env: environmentOf(user),
  })
  return listed.trimEnd()
}

async function countPackages(module: GoModule): Promise<number> {
  const { folder, tags = '', tools = ['tool'] } = module
  const listed = await mustRun('go', ['list', '-deps', '-tags', tags, ...tools], {
    cwd: folder,
    env: environmentOf(module),
    timeoutMs: 900_000,
  })
  return listed.trimEnd().split('\n').length
}

/** `onPackage`: called for each compiled package. */
function build(module: GoModule, bin: string, onPackage: () => void): Promise<void> {
  const { folder, ldflags, tags = '', tools = ['tool'], program = '/', inlining } = module
  // `-s -w` would drop what is compiled for a debugger, a tenth of the work.
  const gcflags = `all=-dwarf=false${inlining === false ? ' -l' : ''}`
  const compile = ['-v', '-p', '2', '-tags', tags, '-gcflags', gcflags]
  const link = ['-ldflags', `-s -w ${ldflags}`, '-o', join(bin, program)]
  return runToEnd('nice', ['go', 'build', ...compile, ...link, ...tools], {
    cwd: folder,
    env: environmentOf(module),
    // Go ends its compilers, and removes their files.
    endedBy: 'TERM',
    onLine: onPackage,
  })
}
