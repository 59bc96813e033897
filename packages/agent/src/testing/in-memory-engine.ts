/** An in-memory container engine for tests: it keeps the Docker guarantees that the agent relies on, and can be killed, slowed and broken. */
import { problem } from '@fairlead/contract/problems'
import type {
  Container,
  ContainerSpec,
  Engine,
  EngineVersion,
  ExecResult,
  LocalImage,
} from '@fairlead/credential-path/engine/engine'
import type { ContainerFile } from '@fairlead/credential-path/engine/tar-file'

interface MemoryContainer {
  readonly id: string
  readonly spec: ContainerSpec
  state: Container['state']
  exitStatus: number | null
  file?: ContainerFile
}

export class InMemoryEngine implements Engine {
  readonly all = new Map<string, MemoryContainer>()
  readonly images = new Set<string>()
  /** Names of images, as `repository:tag`. */
  readonly names = new Set<string>()
  /** Every call that changed something, in order. */
  readonly done: string[] = []
  isReachable = true
  /** Calls with these names are refused, as by an engine in trouble. */
  readonly refusing = new Set<string>()
  /** What a started container does: it runs, or ends with this status; `missing`: there is no such command. */
  onStart: 'run' | 'missing' | number = 'run'
  /** The output of `ray --version`; null: it never ends; a number: its container exits with that while it is asked. */
  rayVersion: string | null | number = '2.55.1'
  /** Ray's list; null: it does not answer yet. */
  ray: { alive: number; here: boolean } | null = { alive: 1, here: true }
  /** What every container prints; null: its name, in colour. */
  output: string | null = null
  /** The highest number of containers at any time. */
  most = 0
  #made = 0

  version(): Promise<EngineVersion> {
    return this.#answer('other', () => ({ version: '20.10.24', apiVersion: '1.41', os: 'linux', arch: 'amd64' }))
  }

  async processes() {
    return { uid: null, pids: null }
  }

  dataRoot(): Promise<string | null> {
    return this.#answer('other', () => null)
  }

  async cgroups() {
    return { driver: 'cgroupfs', version: 2 } as const
  }

  async network() {
    return { driver: 'host', bridge: null }
  }

  pull(reference: string): Promise<void> {
    return this.#answer('other', () => void this.images.add(reference))
  }

  image(idOrName: string): Promise<LocalImage | null> {
    return this.#answer('other', () =>
      this.images.has(idOrName) ? { id: idOrName, os: 'linux', arch: 'amd64', variant: null, diffIds: [] } : null,
    )
  }

  tag(_idOrName: string, repository: string, tag: string): Promise<void> {
    return this.#answer('tag', () => void this.names.add(`${repository}:${tag}`))
  }

  tags(repository: string): Promise<readonly string[]> {
    return this.#answer('tags', () =>
      [...this.names]
        .filter((name) => name.startsWith(`${repository}:`))
        .map((name) => name.slice(repository.length + 1)),
    )
  }

  untag(name: string): Promise<void> {
    return this.#answer('untag', () => void this.names.delete(name))
  }

  createContainer(spec: ContainerSpec): Promise<string> {
    return this.#answer('createContainer', () => {
      if (!this.images.has(spec.imageId)) throw problem('ENGINE_FAILED', { http_status: 404 })
      if (this.all.has(spec.name)) throw problem('ENGINE_FAILED', { http_status: 409 })
      const id = `container-${++this.#made}`
      this.put({ id, spec, state: 'created', exitStatus: null })
      this.done.push(`create ${spec.name}`)
      return id
    })
  }

  putFile(name: string, file: ContainerFile): Promise<void> {
    return this.#answer('putFile', () => {
      this.#find(name).file = file
    })
  }

  startContainer(name: string): Promise<void> {
    return this.#answer('startContainer', () => {
      const container = this.#find(name)
      this.done.push(`start ${name}`)
      if (this.onStart === 'missing') {
        container.exitStatus = 127
        throw problem('CONTAINER_START_FAILED', { http_status: 400 })
      }
      container.state = this.onStart === 'run' ? 'running' : 'exited'
      container.exitStatus = this.onStart === 'run' ? null : this.onStart
    })
  }

  stopContainer(name: string): Promise<void> {
    return this.#answer('stopContainer', () => {
      this.done.push(`stop ${name}`)
      const container = this.all.get(name)
      if (container !== undefined) this.exit(name, 1)
    })
  }

  removeContainer(name: string): Promise<void> {
    return this.#answer('removeContainer', () => {
      this.done.push(`remove ${name}`)
      this.all.delete(name)
    })
  }

  containers(label: string): Promise<readonly Container[]> {
    const [key = '', value] = label.split('=')
    return this.#answer('containers', () =>
      [...this.all.values()]
        .filter(({ spec }) => (value === undefined ? key in spec.labels : spec.labels[key] === value))
        .map(({ id, spec: { name, labels, cgroupParent }, state, exitStatus }) => ({
          id,
          name,
          labels,
          state,
          exitStatus,
          cgroupParent,
          pid: state === 'running' ? process.pid : null,
        })),
    )
  }

  async exec(name: string, command: readonly string[], signal: AbortSignal): Promise<ExecResult> {
    if (command[0] === 'ray' && this.rayVersion === null) return never(signal)
    return this.#answer('exec', () => {
      if (this.#find(name).state !== 'running') throw problem('ENGINE_FAILED', { http_status: 409 })
      if (command[0] === 'ray' && typeof this.rayVersion === 'number') {
        this.exit(name, this.rayVersion)
        // A command started in a container that exits has nothing to run in.
        return said('', 127)
      }
      if (command[0] === 'ray') return said(`ray, version ${this.rayVersion}\n`)
      return this.ray === null ? said('', 1) : said(`fairlead: alive=${this.ray.alive} here=${this.ray.here ? 1 : 0}\n`)
    })
  }

  logs(name: string): Promise<string> {
    return this.#answer(
      'other',
      () => this.output ?? `last lines of ${this.#find(name).spec.name}\n\u001b[31mred\u001b[2J\n`,
    )
  }

  /** Adds a container, as another user or an earlier life of the agent might have. */
  put(container: MemoryContainer): void {
    this.all.set(container.spec.name, container)
    this.most = Math.max(this.most, this.all.size)
  }

  /** The container exits on its own. */
  exit(name: string, status: number): void {
    const container = this.#find(name)
    container.state = 'exited'
    container.exitStatus = status
  }

  #find(name: string): MemoryContainer {
    const container = this.all.get(name)
    if (container === undefined) throw problem('ENGINE_FAILED', { http_status: 404 })
    return container
  }

  async #answer<Answer>(call: string, make: () => Answer): Promise<Answer> {
    await Promise.resolve()
    if (this.refusing.has(call)) throw problem('ENGINE_FAILED', { http_status: 500 })
    if (!this.isReachable) throw problem('ENGINE_UNREACHABLE')
    return make()
  }
}

const said = (stdout: string, exitStatus = 0): ExecResult => ({ exitStatus, stdout, stderr: '' })

function never(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(problem('INTERRUPTED')))
  return promise
}
