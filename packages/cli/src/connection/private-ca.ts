/** `fetch` over TLS that trusts the CA in one file, and no other. */
import { problem, readFault } from '@fairlead/contract'
import type { Fetch } from '@fairlead/sdk'
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'

export async function fetchWithCa(path: string): Promise<Fetch> {
  const pem = await readFile(path, 'utf8').catch((error: unknown) => {
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: readFault(error) })
  })
  if (!holdsCertificate(pem))
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'it holds no certificate in PEM' })
  const { Agent, fetch } = await import('undici')
  const dispatcher = new Agent({ connect: { ca: pem } })
  return async (url, request) => fetch(url, { ...request, dispatcher })
}

function holdsCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== ''
  } catch {
    return false
  }
}
