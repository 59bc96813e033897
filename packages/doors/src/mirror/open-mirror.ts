/**
 * The agent's mirror, as its owner's file says: it is served while the file has doors, on the port that the file names, and follows each
 * change of the file. What the owner no longer allows ends at once.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { Waits } from '@fairlead/credential-path/open-pull-path'
import { fileVersion } from '@fairlead/credential-path/process/file-version'
import type { FollowedPolicy } from '@fairlead/credential-path/policy/followed-policy'
import { loadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import type { NodePolicy, PolicyInForce } from '@fairlead/credential-path/policy/node-policy'
import type { PullParts } from '@fairlead/credential-path/pull/pull-parts'
import type { PodsFor } from '@fairlead/credential-path/record/pods-for'
import { openRegistryClient } from '@fairlead/credential-path/registry/registry-client'
import { keysOf } from '../engines/mirror-place.ts'
import { ticketHolder, ticketKeyFile } from '../pods/ticket.ts'
import type { LoginMap } from '../login-map.ts'
import { readLoginMap } from '../read-login-maps.ts'
import { kubeletLoginMap } from '../places.ts'
import { probeRepository, proofOf } from '../upkeep/probe.ts'
import { doorFor, doorForPod, doorsAt, doorsOf } from './door-table.ts'
import { openMirrorKeys, type MirrorIdentity } from './keys.ts'
import { serveMirror, type RunningMirror } from './serve-mirror.ts'
import { Visits } from './visits.ts'

export interface MirrorOptions {
  readonly policy: FollowedPolicy
  /** Policy and registry come from the owner's file as it is at each request. */
  readonly parts: Omit<PullParts, 'policy' | 'registry'>
  readonly stateDir: string
  readonly podsFor?: PodsFor
  /** The kubelet's map of logins; by default that of this machine. */
  readonly kubeletMapFile?: string
  /** Whose sockets engines have; root by default. */
  readonly engineUser?: number
  /** How long to wait for a registry; tests use a shorter wait. */
  readonly waits?: Pick<Waits, 'timing' | 'retry'>
  readonly log: {
    info(fields: object, text: string): void
    error(fields: object, text: string): void
  }
}

const lookEveryMs = 500

/** Runs until the signal aborts, and never throws: without its mirror an agent does everything else. */
export async function runMirror(options: MirrorOptions, signal: AbortSignal): Promise<void> {
  await using rules = new RulesInForce(options)
  await using served = new ServedMirror(options, rules)
  while (!signal.aborted) {
    await served.follow()
    await sleep(lookEveryMs, undefined, { signal }).catch(() => 'aborted')
  }
}

interface Rules {
  readonly policy: NodePolicy
  /** Of all that the file says about anything but doors. */
  readonly version: string
  readonly visits: Visits
  readonly close: () => Promise<void>
}

/** The owner's file as it is now, with the pulls that run under it. */
class RulesInForce implements AsyncDisposable {
  readonly #options: MirrorOptions
  #rules: Rules | null = null
  #read: PolicyInForce | null = null
  readonly #closing = new Set<Promise<void>>()

  constructor(options: MirrorOptions) {
    this.#options = options
  }

  /** Throws POLICY_* while the file cannot be used; pulls that run end. */
  now(): Rules {
    try {
      const inForce = this.#options.policy.now()
      if (this.#rules === null || this.#read !== inForce) this.#rules = this.#take(inForce)
      this.#read = inForce
      return this.#rules
    } catch (error) {
      this.#end()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
    await Promise.all(this.#closing)
  }

  #take(inForce: PolicyInForce): Rules {
    const { policy } = inForce
    const version = loadedPolicy(inForce).sha256
    if (this.#rules?.version !== version) {
      this.#end()
      return this.#openUnder(policy, version)
    }
    // Only the doors changed: pulls through those that are as they were go on.
    const doors = new Map(doorsOf(policy).map(({ name, secret }) => [name, secret]))
    this.#rules.visits.endUnless(({ name, secret }) => doors.get(name) === secret)
    return { ...this.#rules, policy }
  }

  #openUnder(policy: NodePolicy, version: string): Rules {
    const { parts, log, waits, podsFor } = this.#options
    const registry = openRegistryClient(policy, waits)
    // Taken at each pull: what this node is may become known later.
    const visits = new Visits(
      () => ({ ...parts, policy, registry, ...(podsFor && { podsFor }) }),
      (error) => {
        const code = isProblem(error) ? error.code : 'INTERNAL'
        log.error({ code }, 'the record of a pull through a door could not be written')
      },
    )
    const close = async (): Promise<void> => {
      await visits.close()
      await registry[Symbol.asyncDispose]()
    }
    return { policy, version, visits, close }
  }

  #end(): void {
    const ending = this.#rules?.close()
    this.#rules = null
    if (ending === undefined) return
    this.#closing.add(ending)
    void ending.finally(() => this.#closing.delete(ending))
  }
}

/** The listening server, if the file has doors. */
class ServedMirror implements AsyncDisposable {
  readonly #options: MirrorOptions
  readonly #rules: RulesInForce
  #server: RunningMirror | null = null
  #wanted: number | null = null
  #identity: MirrorIdentity | null = null
  #told: string | null = null
  #keysVersion = ''
  #map: { readonly version: string; readonly entries: LoginMap } | null = null

  constructor(options: MirrorOptions, rules: RulesInForce) {
    this.#options = options
    this.#rules = rules
  }

  async follow(): Promise<void> {
    try {
      const port = this.#portNow()
      if (port !== this.#wanted) await this.#close()
      this.#wanted = port
      if (port === null) return
      const identity = await this.#currentKeys()
      if (this.#server === null) await this.#serve(port, identity)
    } catch (error) {
      this.#tell(reasonOf(error))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }

  /** Null: no doors. While the file cannot be used, the mirror goes on refusing, in words that say why. */
  #portNow(): number | null {
    try {
      const { policy } = this.#rules.now()
      return Object.keys(policy.doors).length === 0 ? null : policy.door_port
    } catch (error) {
      if (!isProblem(error)) throw error
      return this.#wanted
    }
  }

  async #currentKeys(): Promise<MirrorIdentity> {
    const { stateDir } = this.#options
    const isUnchanged = fileVersion(keysOf('docker', stateDir).ca) === this.#keysVersion
    if (this.#identity !== null && isUnchanged && Date.now() < this.#identity.renewAt) return this.#identity
    // Whoever removes them, after a theft, wants others: what runs with the stolen ones ends.
    if (!isUnchanged) await this.#close()
    const identity = await openMirrorKeys(stateDir, Date.now())
    this.#server?.useKeys(identity)
    this.#keysVersion = fileVersion(keysOf('docker', stateDir).ca)
    this.#identity = identity
    return identity
  }

  async #serve(port: number, identity: MirrorIdentity): Promise<void> {
    const { engineUser = 0, stateDir } = this.#options
    this.#server = await serveMirror(
      { port, engineUser, identity },
      {
        doorFor: (registry, repository, authorization) => {
          const { policy, visits } = this.#rules.now()
          const map = this.#ofKubelet()
          if (!map.some(({ registryKey }) => registryKey === registry)) {
            return { door: doorFor(policy, registry, repository), visits }
          }
          const key = readFileSync(ticketKeyFile(stateDir))
          const account = ticketHolder(authorization, { registry, repository, key, now: Date.now() })
          return { door: doorForPod(policy, map, { registry, repository, account }), visits }
        },
        requireDoor: (registry) => {
          const { policy } = this.#rules.now()
          if (doorsAt(policy, registry).length > 0) return
          throw problem('DOOR_NOT_OPEN', { registry, repository: probeRepository })
        },
        // Read each time: it is the key that the engine has now.
        proofOf: (engine, nonce) => proofOf(readFileSync(keysOf(engine, stateDir).key), nonce),
      },
    )
    this.#told = null
    this.#options.log.info({ port }, 'the doors are served')
  }

  /** Asked at every request, so the map is parsed only when its file changed. Throws LOGIN_MAP_*: then nobody pulls. */
  #ofKubelet(): LoginMap {
    const { kubeletMapFile = kubeletLoginMap } = this.#options
    const version = fileVersion(kubeletMapFile)
    if (this.#map?.version !== version) this.#map = { version, entries: readLoginMap(kubeletMapFile) }
    return this.#map.entries
  }

  async #close(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]()
    this.#server = null
  }

  /** Once, not twice a second. */
  #tell(reason: string): void {
    if (this.#told === reason) return
    this.#told = reason
    this.#options.log.error({ reason, port: this.#wanted }, 'the doors are not served')
  }
}

function reasonOf(error: unknown): string {
  if (isProblem(error)) return error.code
  return error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL'
}
