/**
 * The newest Docker Engine, containerd 2 and 1.7, runc, a kubelet and Docker Compose, and what a Kubernetes with KubeRay needs besides, built from
 * source with Go: no distribution has them all, and the module hashes next to this file pin every byte of the build. Cached by the hash of
 * the recipe; the first build takes minutes.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { mustRun } from './command.ts'
import { keptFolder } from './kept-folder.ts'
import { inRepository, repositoryCache } from './repository.ts'
import { buildGoTools, sourcesOf, type GoModule } from './go-programs/build.ts'

type Tell = (fraction: number) => void

const inFolder = (name: string): string => inRepository(`packages/testkit/src/go-programs/${name}`)

/** Nobody measures them, and they are most of what is compiled. */
const unmeasured = { cgo: false, inlining: false, ldflags: '' } as const

/** Its programs compare the versions that they are told: one of them without would be refused by the others. */
const kubernetes = {
  ...unmeasured,
  folder: inFolder('kubernetes'),
  ldflags: ['component-base/version', 'client-go/pkg/version']
    .flatMap((place) =>
      ['gitVersion=v1.35.0', 'gitMajor=1', 'gitMinor=35'].map((value) => `-X k8s.io/${place}.${value}`),
    )
    .join(' '),
}
const command = (name: string): string => `k8s.io/kubernetes/cmd/${name}`

// A C library writes runc's seccomp filter; the others need no C, and are therefore static. Compose 2 is the last that brings BuildKit's client
// with it; the next needs buildx as well, or falls back to the classic builder. The kubelet is built with them, not with the rest of
// Kubernetes: it alone is an engine, and who tests engines waits for no more.
const engineModules: readonly GoModule[] = [
  { ...kubernetes, tools: [command('kubelet')] },
  { folder: inFolder('docker'), cgo: false, ldflags: '' },
  { folder: inFolder('containerd'), cgo: false, ldflags: '' },
  { folder: inFolder('containerd-1'), cgo: false, ldflags: '', program: 'containerd-1' },
  { folder: inFolder('runc'), cgo: true, ldflags: '', tags: 'seccomp' },
  { folder: inFolder('compose'), ...unmeasured, program: 'docker-compose' },
]

const kuberay: GoModule = { folder: inFolder('kuberay'), ...unmeasured, program: 'kuberay-operator' }
const clusterModules: readonly GoModule[] = [
  {
    ...kubernetes,
    tools: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubectl'].map(command),
  },
  { folder: inFolder('etcd'), ...unmeasured, program: 'etcd' },
  { folder: inFolder('coredns'), ...unmeasured },
  { folder: inFolder('cni'), ...unmeasured },
  { folder: inFolder('helm'), ...unmeasured },
  kuberay,
]

/** The folder with `dockerd`, `containerd`, `containerd-1`, `containerd-shim-runc-v2`, `ctr`, `runc`, `kubelet` and `docker-compose`; built now if the cache has none. */
export async function ensureGoPrograms(onProgress?: Tell): Promise<string> {
  return keptFolder(join(repositoryCache, `go-bin-${hashOfRecipe(await goVersion(), engineModules)}`), async (bin) => {
    await buildGoTools(engineModules, bin, onProgress)
    await writeFile(join(bin, 'complete'), '')
  })
}

/**
 * The folder with the programs of a Kubernetes without its kubelet: the control plane, `kube-proxy`, `kubectl`, `etcd`, `coredns`, the
 * plugins of CNI, `pause`, `helm`, and `kuberay-operator` with what it has the cluster know, in `kuberay/`. Built now if the cache has none.
 */
export async function ensureKubernetesPrograms(onProgress?: Tell): Promise<string> {
  const place = join(repositoryCache, `go-kubernetes-${hashOfRecipe(await goVersion(), clusterModules)}`)
  return keptFolder(place, async (bin) => {
    await buildGoTools(clusterModules, bin, onProgress)
    await buildPause(bin)
    await copyKubeRayObjects(join(bin, 'kuberay'))
    await writeFile(join(bin, 'complete'), '')
  })
}

/** The kinds that KubeRay's operator has the API server know, and the rights that it needs. */
async function copyKubeRayObjects(place: string): Promise<void> {
  const config = join(await sourcesOf(kuberay, 'github.com/ray-project/kuberay/ray-operator'), 'config')
  const kinds = (await readdir(join(config, 'crd/bases'))).map((name) => join('crd/bases', name))
  await mkdir(place)
  // Not as copies of files: Go's sources may not be changed, nor removed.
  for (const file of [...kinds, 'rbac/role.yaml']) {
    await writeFile(join(place, basename(file)), await readFile(join(config, file)))
  }
}

/** What holds a pod's namespaces: its C source is a part of Kubernetes, and an image of it needs no C library. */
async function buildPause(bin: string): Promise<void> {
  const source = join(await sourcesOf(kubernetes, 'k8s.io/kubernetes'), 'build/pause/linux/pause.c')
  await mustRun('gcc', ['-Os', '-static', '-s', '-DVERSION=3.10.1', '-o', join(bin, 'pause'), source])
}

/** The path of `actionlint`, which checks GitHub's workflows; built now if the cache has none. */
export async function ensureActionlint(): Promise<string> {
  const module = { folder: inFolder('actionlint'), ...unmeasured }
  const place = join(repositoryCache, `go-actionlint-${hashOfRecipe(await goVersion(), [module])}`)
  return join(await keptFolder(place, (draft) => buildGoTools([module], draft)), 'actionlint')
}

/** The folder that `FAIRLEAD_ENGINE_BIN` names, or one filled for it. */
export async function enginePrograms(): Promise<string> {
  return process.env['FAIRLEAD_ENGINE_BIN'] ?? (await ensureGoPrograms())
}

function hashOfRecipe(goVersion: string, recipe: readonly GoModule[]): string {
  const hash = createHash('sha256').update(goVersion)
  for (const { folder, ...how } of recipe) {
    hash.update(JSON.stringify(how))
    for (const file of readdirSync(folder).toSorted()) hash.update(readFileSync(join(folder, file)))
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
