/** An identity token of this machine's metadata server, whose audience holds J. It is good for this join alone, and for an hour at most. */
import { GcpJoinProof, joinAudience, problem } from '@fairlead/contract'
import { request } from 'undici'
import type { MachineProof } from './machine-proof.ts'

/** Link-local, always asked directly, and named by the variable that Google's own libraries read. */
const metadataHost = (): string => process.env['GCE_METADATA_HOST'] ?? 'metadata.google.internal'
const path = '/computeMetadata/v1/instance/service-accounts/default/identity'
const flavour = { 'metadata-flavor': 'Google' }
const timeoutMs = 10_000
const limitBytes = 16 * 1024

/** Throws NODE_IDENTITY_MISSING. */
export async function gcpMachineProof(binding: string, signal: AbortSignal): Promise<MachineProof> {
  const question = new URLSearchParams({ audience: joinAudience(binding), format: 'full' })
  try {
    const { statusCode, headers, body } = await request(`http://${metadataHost()}${path}?${question.toString()}`, {
      headers: flavour,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    // Whatever else answers at that name is not the metadata server.
    const genuine = headers['metadata-flavor'] === flavour['metadata-flavor']
    const proof = GcpJoinProof.safeParse({ identity_token: await readText(body) })
    if (statusCode === 200 && genuine && proof.success) return { provider: 'gcp', proof: proof.data }
  } catch {
    signal.throwIfAborted()
  }
  throw problem('NODE_IDENTITY_MISSING', { provider: 'gcp' })
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limitBytes) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8').trim()
}
