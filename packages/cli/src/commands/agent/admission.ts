/** What lets this machine in: a token, its cloud, or the cluster of this pod. */
import { machineProver, podProver, type Admission } from '@fairlead/agent'
import { problem } from '@fairlead/contract/problems'
import { joinTokenPattern } from '@fairlead/contract/wire'
import { resolve } from 'node:path'
import { readPrivateText } from '../../config-file/read-private-text.ts'
import type { CliContext } from '../../context.ts'
import { UsageError } from '../../usage-error.ts'
import { namedPolicy } from './paths.ts'
import type { ProofFlags } from './proof-flags.ts'

const largestToken = 4096

/** With `--cloud`. */
export function proofAdmission(
  context: CliContext,
  flags: ProofFlags,
  { host, cloud, command }: { host: string; cloud: string; command: string },
): Admission {
  const { provider, caSha256 = null, kubernetesToken } = flags
  const usage = (reason: string): UsageError => new UsageError(reason, command)
  if (caSha256 !== null && !/^[0-9a-f]{64}$/.test(caSha256)) throw usage('--ca-sha256 takes 64 hexadecimal digits')
  const proof = { kind: 'proof', cloud, caSha256 } as const
  if (kubernetesToken !== undefined) {
    const podToken = resolve(context.cwd, kubernetesToken)
    return { ...proof, podToken, prove: podProver({ tokenFile: podToken, host, cloud, provider }) }
  }
  if (provider === 'local') {
    throw usage('with --cloud say --provider aws or gcp, or --kubernetes-token: nothing vouches for a local machine')
  }
  return { ...proof, prove: machineProver(provider, namedPolicy(context, flags)) }
}

/** Without `--cloud`. `tokenFile`: instead of standard input. */
export async function tokenAdmission(
  context: CliContext,
  { provider, caSha256, kubernetesToken }: ProofFlags,
  tokenFile: string | undefined,
): Promise<Admission> {
  if (caSha256 !== undefined) throw usage('--ca-sha256 needs --cloud; a join token already contains it')
  if (kubernetesToken !== undefined) throw usage('--kubernetes-token needs --cloud')
  const token = await readToken(context, tokenFile)
  if (token === '') throw usage('no token: give it on standard input, or with --token-file')
  if (!joinTokenPattern.test(token)) throw problem('JOIN_TOKEN_INVALID')
  return { kind: 'token', token, provider }
}

const usage = (reason: string): UsageError => new UsageError(reason, 'fairlead agent join')

/** Never from the command line, where every user of the machine could read it (S10). */
async function readToken(context: CliContext, tokenFile: string | undefined): Promise<string> {
  if (tokenFile !== undefined) return readPrivateText(context, tokenFile)
  if (context.stdin.isTTY) return (await context.stdin.askHidden('Join token (not shown): ')).trim()
  return new TextDecoder().decode(await context.stdin.read(largestToken)).trim()
}
