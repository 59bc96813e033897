/** Keeps the node's facts fresh: engine version, free disk, address. Each may change or be unknown for a while. */
import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { versionForm, type BuildId } from '@fairlead/contract/names'
import type { NodeFacts, WaitingPod } from '@fairlead/contract/wire'
import { parseControlPlaneAddress } from './control-plane-address.ts'
import { freeBytes } from '@fairlead/credential-path/process/free-bytes'
import { localAddressTowards, nodeFacts } from './node-facts.ts'
import { pause } from './pause.ts'

/** The parts of the engine used here. */
export interface FactEngine {
  version(signal: AbortSignal): Promise<{ readonly version: string }>
  dataRoot(signal: AbortSignal): Promise<string | null>
}

export interface FactParts {
  readonly agentVersion: string
  /** Null on a checker. */
  readonly engine: FactEngine | null
  /** Address of the control plane. */
  readonly host: string
  /** The address set by the node's owner; null: the local address towards the control plane. */
  readonly advertiseAddress: string | null
  readonly stateDir: string
  /** Pods of a Kubernetes node that wait for an image of its doors; undefined while that is not known. */
  readonly waitingPods?: ((signal: AbortSignal) => Promise<WaitingPod[] | undefined>) | undefined
  /** The builds whose images were prefetched; undefined if none is asked for. */
  readonly prefetched?: () => BuildId[] | undefined
}

const refreshMs = 20_000
const engineAnswersWithinMs = 5_000

export class WatchedFacts {
  readonly #parts: FactParts
  #engineVersion: string | null = null
  #dataRoot: string | null = null
  #diskFreeBytes: number | null = null
  #address: string | null
  #waitingPods: WaitingPod[] | undefined

  constructor(parts: FactParts) {
    this.#parts = parts
    this.#address = parts.advertiseAddress
  }

  /** The address where other nodes reach this one; null while no route is known. */
  get advertiseAddress(): string | null {
    return this.#address
  }

  /** Where the engine stores its images; null while it does not say. */
  get dataRoot(): string | null {
    return this.#dataRoot
  }

  get(): NodeFacts {
    const told = nodeFacts(this.#parts.agentVersion, {
      engineVersion: this.#engineVersion,
      diskFreeBytes: this.#diskFreeBytes,
      advertiseAddress: this.#address ?? 'unknown',
    })
    const prefetched = this.#parts.prefetched?.()
    return {
      ...told,
      ...(this.#waitingPods !== undefined && { waiting_pods: this.#waitingPods }),
      ...(prefetched !== undefined && { prefetched }),
    }
  }

  async refresh(signal: AbortSignal): Promise<void> {
    const { engine, advertiseAddress, host, stateDir } = this.#parts
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(engineAnswersWithinMs)])
    const version = await engine?.version(deadline).catch(() => null)
    this.#engineVersion = version && versionForm.test(version.version) ? version.version : null
    this.#dataRoot = (await engine?.dataRoot(deadline).catch(() => null)) ?? null
    this.#waitingPods = await this.#parts.waitingPods?.(deadline)
    this.#diskFreeBytes = await freeBytes(this.#dataRoot ?? stateDir)
    if (advertiseAddress !== null) return
    const local = await localAddressTowards(parseControlPlaneAddress(host))
    // A link-local address with a zone means nothing to another machine.
    if (local !== null && isIP(local) !== 0 && !local.includes('%')) this.#address = local
  }

  /** `onChange`: they differ by more than the free disk, which waits for the next report. */
  async run(signal: AbortSignal, onChange: () => void): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#address === null ? 2_000 : refreshMs, signal)
      if (signal.aborted) return
      const before = this.get()
      await this.refresh(signal)
      if (!isDeepStrictEqual(withoutDisk(before), withoutDisk(this.get()))) onChange()
    }
  }
}

const withoutDisk = (facts: NodeFacts): NodeFacts => ({ ...facts, disk_free_bytes: null })
