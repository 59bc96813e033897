/** Opens what a door needs on this machine, without an agent. What one provider needs is loaded only where a map names it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Provider } from '@fairlead/contract'
import type { NodePolicy } from '../policy/node-policy.ts'
import { readLoadedPolicy } from '../policy/loaded-policy.ts'
import { readNodePolicy } from '../policy/read-node-policy.ts'
import type { EngineLoginCheck } from '../registry/engine-login-check.ts'
import { trustSystemStore } from '../secure-process.ts'
import { secretManagerConnection, type SecretManagerConnection } from '../secrets/secret-manager-connection.ts'
import { interruption } from '../until-aborted.ts'
import type { AwsAsker } from '../secrets/aws-problem.ts'
import type { ProviderSecrets } from '../secrets/find-login.ts'
import type { LoginParts } from './engine-login.ts'
import type { Places } from './places.ts'

const remoteHeadStartMs = 20

export async function openLoginParts(
  places: Pick<Places, 'policyFile' | 'secretsDir' | 'stateDir'>,
): Promise<LoginParts & AsyncDisposable> {
  trustSystemStore()
  const policy = readNodePolicy(places.policyFile, { before: await readLoadedPolicy(places.stateDir) })
  let opened: EngineLoginCheck | null = null
  let headStartMs = 0
  const registries: Pick<EngineLoginCheck, 'check'> = {
    async check(registry, signal) {
      // Loading the client for registries keeps the processor busy, so the question to the secret manager goes out before.
      await sleep(headStartMs, undefined, { signal }).catch(() => {
        throw interruption(signal)
      })
      const { openEngineLoginCheck } = await import('../registry/engine-login-check.ts')
      opened ??= openEngineLoginCheck(policy)
      return opened.check(registry, signal)
    },
  }
  return {
    policy,
    registries,
    secretsOf: (provider, signal) => {
      headStartMs = provider === 'local' ? 0 : remoteHeadStartMs
      return openers[provider](places.secretsDir, policy, signal)
    },
    async [Symbol.asyncDispose]() {
      await opened?.[Symbol.asyncDispose]()
    },
  }
}

type Opener = (secretsDir: string, policy: NodePolicy, signal: AbortSignal) => Promise<ProviderSecrets>

const openers: Record<Provider, Opener> = {
  aws: async (_, policy, signal) => {
    const { awsSecretReader } = await import('../secrets/aws.ts')
    const connection = secretManagerConnection(policy)
    const context = await (policy.allowed_secrets === null ? regionAlone(signal) : identity(connection, signal))
    return { context, secrets: awsSecretReader({ connection, ...context }) }
  },
  gcp: async (_, policy, signal) => {
    const [{ gcpSecretReader }, { openGcpNode }] = await Promise.all([
      import('../secrets/gcp.ts'),
      import('../secrets/gcp-identity.ts'),
    ])
    const connection = secretManagerConnection(policy)
    const node = openGcpNode(connection)
    const own = await node.identity(signal)
    return { context: own, secrets: gcpSecretReader({ connection, own, node }) }
  },
  local: async (folder) => {
    const { localSecretReader } = await import('../secrets/local.ts')
    return { context: {}, secrets: localSecretReader({ folder, uid: process.getuid?.() ?? 0 }) }
  },
}

/** Which account this is matters to nothing but the node's list of secrets, and would cost a round trip. */
async function regionAlone(signal: AbortSignal): Promise<AwsAsker> {
  const { ownAwsRegion } = await import('../secrets/aws-region.ts')
  return { region: await ownAwsRegion(signal) }
}

async function identity(connection: SecretManagerConnection, signal: AbortSignal) {
  const { awsNodeIdentity } = await import('../secrets/aws-identity.ts')
  return awsNodeIdentity(connection, signal)
}
