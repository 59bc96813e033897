/** An identity token from this machine's metadata server with J in its audience. It is valid for this join only, and for an hour at most. */
import { problem } from '@fairlead/contract/problems'
import { GcpJoinProof, joinAudience } from '@fairlead/contract/wire'
import { metadataServer } from '@fairlead/credential-path/secret/google/metadata'
import { gcpSettings } from '@fairlead/credential-path/secret/google/settings'
import type { MachineProof } from './machine-proof.ts'

/** Throws NODE_IDENTITY_MISSING. A credentials file does not count: it can be on any machine. */
export async function gcpMachineProof(
  binding: string,
  signal: AbortSignal,
  server = metadataServer(gcpSettings().metadataHost),
): Promise<MachineProof> {
  const token = await server.machineToken(joinAudience(binding), signal)
  const proof = GcpJoinProof.safeParse({ identity_token: token })
  if (!proof.success) throw problem('NODE_IDENTITY_MISSING', { provider: 'gcp' })
  return { provider: 'gcp', proof: proof.data }
}
