/** What this command line trusts over TLS: only the CA in one file, or the system's authorities. */
import { noteCertificateDay } from '@fairlead/credential-path/process/certificate-day'
import type { Fetch } from '@fairlead/sdk'
import { Agent, request } from 'node:https'
import type { CliContext } from '../context.ts'
import { readCaFile } from './ca-file.ts'
import { httpFetch } from './http-fetch.ts'

export async function fetchWithCa(path: string): Promise<Fetch> {
  return fetchOverTls(await readCaFile(path))
}

/** `ca`: null for what this process trusts otherwise. */
export function fetchOverTls(ca: string | null): Fetch {
  const agent = new Agent({ keepAlive: true, ...(ca !== null && { ca }) })
  return httpFetch((url, options) => {
    const asked = request(url, { ...options, agent })
    // A connection that is used again has been accepted, and the listeners would add up.
    return asked.on('socket', (socket) => asked.reusedSocket || noteCertificateDay(socket))
  })
}

/** We trust what curl trusts; a user who adds authorities for Node keeps Node's own list with them. */
export async function believeSystem(env: CliContext['env']): Promise<void> {
  if (env['NODE_EXTRA_CA_CERTS']) return
  const { useSystemStore } = await import('@fairlead/credential-path/process/system-authorities')
  try {
    useSystemStore()
  } catch {
    // No password passes here: if root does not own the store, as in some containers, Node's own list stays.
  }
}
