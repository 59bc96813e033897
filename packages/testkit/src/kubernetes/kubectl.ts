/** `kubectl`, as one user. */
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { mustRun, runCommand, type CommandResult } from '../command.ts'
import { eventually } from '../deadline.ts'
import { newFolder } from '../run-folder.ts'
import type { KubernetesAccess } from './access.ts'

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

export interface ContainerState {
  readonly running?: object
  readonly waiting?: { readonly reason: string; readonly message?: string }
  readonly terminated?: { readonly reason: string; readonly exitCode: number }
}

interface ContainerStatus {
  readonly name: string
  readonly imageID: string
  readonly containerID?: string
  readonly restartCount: number
  readonly state: ContainerState
}

export interface KubernetesPod {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly labels?: Record<string, string>
  }
  readonly spec: {
    readonly nodeName?: string
    readonly containers: { readonly name: string; readonly image: string }[]
    readonly imagePullSecrets?: object[]
  }
  readonly status: {
    readonly phase?: string
    readonly podIP?: string
    readonly conditions?: { readonly type: string; readonly status: string }[]
    readonly containerStatuses?: ContainerStatus[]
    readonly initContainerStatuses?: ContainerStatus[]
  }
}

export interface KubernetesEvent {
  readonly metadata: { readonly creationTimestamp: string }
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly namespace?: string }
}

export interface Kubectl {
  /** Its `KUBECONFIG`. */
  readonly kubeconfig: string
  /** Whatever it answers. */
  readonly run: (args: readonly string[], input?: string) => Promise<CommandResult>
  /** As above, for a command that must succeed: returns its standard output. */
  readonly must: (args: readonly string[], input?: string) => Promise<string>
  /**
   * What the API server answers to a path, for a fraction of what a program costs; undefined if it has no such object, or does not answer
   * yet.
   */
  readonly read: <Found>(path: string) => Promise<Found | undefined>
  readonly apply: (...objects: readonly object[]) => Promise<void>
  /** One object, as `get KIND NAME -o json` has it. */
  readonly get: <Found = KubernetesObject>(kind: string, name: string, ...args: string[]) => Promise<Found>
  readonly list: <Found = KubernetesObject>(kind: string, ...args: string[]) => Promise<Found[]>
  /** The pods of a namespace, or those of them with some labels. */
  readonly pods: (options?: { readonly namespace?: string; readonly selector?: string }) => Promise<KubernetesPod[]>
  /** Until a pod is as it should be; tells its state and its events if it never is. */
  readonly untilPod: (
    name: string,
    what: string,
    holds: (pod: KubernetesPod) => boolean,
    options?: { readonly namespace?: string; readonly timeoutMs?: number },
  ) => Promise<KubernetesPod>
  /** Of one object, the oldest first. */
  readonly events: (name: string, namespace?: string) => Promise<KubernetesEvent[]>
  /** What the only container of a pod has printed, which is nothing before it starts. */
  readonly logs: (pod: string, namespace?: string) => Promise<string>
  /** Runs a command in a pod. */
  readonly exec: (pod: string, command: readonly string[], ...args: string[]) => Promise<CommandResult>
}

export const isReady = ({ status }: KubernetesPod): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false

/** What each container of a pod waits for: `ErrImagePull`, with what the kubelet says about it. */
export const waitingFor = ({ status }: KubernetesPod): { reason: string; message?: string }[] =>
  [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].flatMap(
    ({ state }) => state.waiting ?? [],
  )

export function kubectlOf(binDir: string, { server, kubeconfig, tls }: KubernetesAccess): Kubectl {
  const program = join(binDir, 'kubectl')
  const dispatcher = new Agent({ connect: { ...tls } })
  const options = (input?: string) => ({
    // It keeps there what the API server told it about its kinds.
    env: { KUBECONFIG: kubeconfig, HOME: home() },
    timeoutMs: 300_000,
    ...(input !== undefined && { input }),
  })
  const run: Kubectl['run'] = (args, input) => runCommand(program, args, options(input))
  const must: Kubectl['must'] = (args, input) => mustRun(program, args, options(input))
  const json = async <Found>(args: readonly string[]) => JSON.parse(await must([...args, '-o', 'json'])) as Found
  const list = async <Found>(kind: string, ...args: string[]) =>
    (await json<{ items: Found[] }>(['get', kind, ...args])).items
  const answered = async (path: string) => {
    const answer = await request(`${server}${path}`, { dispatcher }).catch(() => undefined)
    if (answer?.statusCode === 200) return answer.body
    await answer?.body.dump()
    return undefined
  }
  const read: Kubectl['read'] = async <Found>(path: string) =>
    (await (await answered(path))?.json()) as Found | undefined
  const events: Kubectl['events'] = async (name, namespace = 'default') => {
    const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3D${name}`
    const { items = [] } = (await read<{ items: KubernetesEvent[] }>(path)) ?? {}
    return items.toSorted((one, other) =>
      one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp),
    )
  }
  return {
    kubeconfig,
    run,
    must,
    read,
    async apply(...objects) {
      // The descriptions with which it would validate them take the API server seconds to make.
      await must(
        ['apply', '--validate=false', '-f', '-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
      )
    },
    get: (kind, name, ...args) => json(['get', kind, name, ...args]),
    list,
    async pods({ namespace = 'default', selector = '' } = {}) {
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`
      const found = await read<{ items: KubernetesPod[] }>(path)
      if (found === undefined) throw new Error(`the API server does not tell the pods of ${namespace}`)
      return found.items
    },
    async untilPod(name, what, holds, { namespace = 'default', timeoutMs = 120_000 } = {}) {
      const found = () => read<KubernetesPod>(`/api/v1/namespaces/${namespace}/pods/${name}`)
      try {
        return await eventually(
          async () => {
            const pod = await found()
            return pod !== undefined && holds(pod) ? pod : undefined
          },
          { what: `the pod ${name} ${what}`, timeoutMs, everyMs: 300 },
        )
      } catch (error) {
        const told = (await events(name, namespace)).map(({ reason, message }) => `${reason}: ${message}`)
        const state = JSON.stringify((await found())?.status ?? 'none')
        throw new Error(`${String(error)}\n${state}\n${told.join('\n')}`, { cause: error })
      }
    },
    events,
    logs: async (pod, namespace = 'default') =>
      (await (await answered(`/api/v1/namespaces/${namespace}/pods/${pod}/log`))?.text()) ?? '',
    exec: (pod, command, ...args) => run(['exec', pod, ...args, '--', ...command]),
  }
}

let homeFolder: string | undefined
const home = (): string => (homeFolder ??= newFolder('kubectl'))
