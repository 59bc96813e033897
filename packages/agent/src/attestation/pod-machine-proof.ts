/** The token that the kubelet projected into this pod (S31). It is sent only to the control plane, and for the cloud, that it was issued for. */
import type { Provider } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { readRegularFile } from '@fairlead/credential-path/process/regular-file'
import { KubernetesJoinProof, podAudience } from '@fairlead/contract/wire'
import { z } from 'zod'
import { parseControlPlaneAddress } from '../channel/control-plane-address.ts'
import type { MachineProver } from './machine-prover.ts'

export interface Pod {
  readonly tokenFile: string
  /** The address of the control plane, as it was given. */
  readonly host: string
  /** The name of the cloud. */
  readonly cloud: string
  /** Where this pod reads secrets. */
  readonly provider: Provider
}

/** It throws POD_TOKEN_UNUSABLE. Each time the file is read again, since the kubelet renews the token. */
export function podProver({ tokenFile, host, cloud, provider }: Pod): MachineProver {
  const audience = podAudience(parseControlPlaneAddress(host).origin, cloud)
  const unusable = (reason: string): Problem =>
    problem('POD_TOKEN_UNUSABLE', { path: tokenFile, reason, name: audience })
  return async () => {
    const token = await readRegularFile(tokenFile).catch((error: unknown) => {
      throw isProblem(error) ? unusable(String(error.facts.reason)) : error
    })
    const proof = KubernetesJoinProof.safeParse({ service_account_token: token.trim(), cloud_provider: provider })
    const audiences = proof.success ? audiencesIn(proof.data.service_account_token) : null
    if (!proof.success || audiences === null) throw unusable('it is no service account token')
    // With one for the API server, whoever receives it could act there as this pod.
    if (audiences.length !== 1 || audiences[0] !== audience) throw unusable('it is for another audience')
    return { provider: 'kubernetes', proof: proof.data }
  }
}

const Audiences = z.object({ aud: z.union([z.string().transform((one) => [one]), z.array(z.string())]) })

function audiencesIn(token: string): readonly string[] | null {
  const [, payload = ''] = token.split('.')
  try {
    return Audiences.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).aud
  } catch {
    return null
  }
}
