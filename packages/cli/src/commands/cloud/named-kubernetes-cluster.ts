/** What the flags say of the Kubernetes cluster whose pods may join a cloud, as the API's field. Nothing but public keys leaves this machine. */
import { KubernetesCluster } from '@fairlead/contract/wire'
import { readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'
import { UsageError } from '../../usage-error.ts'
import type { KubernetesFlags } from './kubernetes-flags.ts'

const largestKeys = 64 * 1024

/** Null if none was given; what is not given stays as it was `before`, except that another issuer has other keys. */
export async function clusterIn(
  context: CliContext,
  flags: KubernetesFlags,
  { before, command }: { before: KubernetesCluster | null; command: string },
): Promise<KubernetesCluster | null> {
  const { kubernetesIssuer, kubernetesAccount, kubernetesKeys } = flags
  if (kubernetesIssuer === undefined && kubernetesAccount === undefined && kubernetesKeys === undefined) return null
  const issuer = kubernetesIssuer ?? before?.issuer
  if (issuer === undefined) throw new UsageError('say --kubernetes-issuer, too', command)
  const service_accounts = kubernetesAccount ?? before?.service_accounts
  if (service_accounts === undefined) throw new UsageError('say --kubernetes-account, too', command)
  const keys = kubernetesKeys === undefined ? null : await keysIn(context, kubernetesKeys, command)
  const kept = issuer === before?.issuer ? before.keys : null
  return { issuer, service_accounts: [...service_accounts], keys: keys ?? kept }
}

async function keysIn(context: CliContext, file: string, command: string): Promise<KubernetesCluster['keys']> {
  const text = new TextDecoder().decode(await readInput(context, file, largestKeys))
  const keys = KubernetesCluster.shape.keys.safeParse(keysOf(text))
  if (keys.success && keys.data !== null) return keys.data
  throw new UsageError('--kubernetes-keys takes what `kubectl get --raw /openid/v1/jwks` prints: public keys', command)
}

function keysOf(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text)
    return typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined
  } catch {
    return undefined
  }
}
