/** The agent answering a login request: with its own policy, its cache of secrets and its connections to registries, all shared with its pulls. */
import { type Provider } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { openNodePlace, type NodePlace } from '@fairlead/credential-path/secret/node-location'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { openEngineLoginCheck } from '@fairlead/credential-path/registry/engine-login-check'
import { secretManagerConnection } from '@fairlead/credential-path/secret/secret-manager-connection'
import { answerDoor } from './answer-door.ts'
import { appendDecision } from './decision-log.ts'
import type { DoorDecision } from './door.ts'
import { ticketsOf } from './kubelet/give-ticket.ts'
import { serveLogins } from './local-socket/serve-logins.ts'
import type { LoginMap } from './login-map.ts'
import { agentSocket, placesOf } from './places.ts'
import { readLoginMaps } from './read-login-maps.ts'

export interface AgentLoginsOptions {
  readonly provider: Provider
  readonly node: NodePlace
  readonly policy: NodePolicy
  /** Read again for a ticket, since doors follow it. */
  readonly policyFile: string | null
  readonly secretsDir: string
  readonly stateDir: string
  readonly log: { warn(fields: object, text: string): void; info(fields: object, text: string): void }
}

/** Without its socket an agent does everything else; a program that asks for a login then does the work itself. */
export async function serveAgentLogins(options: AgentLoginsOptions): Promise<AsyncDisposable> {
  const path = agentSocket(options.stateDir)
  try {
    return await serve(path, options)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    options.log.warn({ path, reason }, 'no socket for logins: other programs cannot ask this agent for one')
    return { [Symbol.asyncDispose]: () => Promise.resolve() }
  }
}

async function serve(path: string, options: AgentLoginsOptions): Promise<AsyncDisposable> {
  await using parts = new AsyncDisposableStack()
  const registries = parts.use(openEngineLoginCheck(options.policy))
  const nodes = new Map<Provider, NodePlace>([[options.provider, options.node]])
  const secretsOf = async (provider: Provider, signal: AbortSignal) => {
    const node =
      nodes.get(provider) ?? openNodePlace(provider, options.secretsDir, secretManagerConnection(options.policy))
    nodes.set(provider, node)
    if (options.policy.allowed_secrets !== null) await node.learn(signal)
    return node
  }
  const openLogins = () => Promise.resolve({ policy: options.policy, registries, secretsOf })
  const giveTicket = ticketsOf(options)
  const decisionsFile = placesOf({ FAIRLEAD_STATE_DIR: options.stateDir }, 0).decisionsFile
  parts.use(
    await serveLogins(path, async (question, signal) => {
      const maps = await readableMaps(question.maps)
      if (maps === null) return null
      const began = performance.now()
      const record = (decision: DoorDecision) => {
        const logged = { ...decision, by: 'agent', duration_ms: Math.round(performance.now() - began) } as const
        options.log.info({ ...logged }, 'a login was asked for')
        try {
          appendDecision(decisionsFile, logged)
        } catch {
          options.log.warn({ path: decisionsFile }, 'the decision could not be written down')
        }
      }
      return answerDoor(question, { openLogins, readMaps: () => Promise.resolve(maps), giveTicket, record }, signal)
    }),
  )
  const opened = parts.move()
  return { [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** A map that the agent cannot use may be fine for the user who owns it; that user's program then looks itself, and shows what is wrong. */
async function readableMaps(paths: readonly string[]): Promise<readonly LoginMap[] | null> {
  try {
    return await readLoginMaps(paths)
  } catch (error) {
    if (isProblem(error)) return null
    throw error
  }
}
