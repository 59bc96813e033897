/**
 * What the metadata server of a Google machine reports: project, service account, token, and proof of the machine for one audience. Queried
 * directly, by our own client: Google's looks for a proxy in the environment, and logs a token if a variable asks for it.
 */
import { problem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { parseJson } from '../../process/parse-json.ts'
import { interruption } from '../../process/until-aborted.ts'
import { askMetadata, type AskGcp } from './http.ts'
import { accessToken, identityMissing, type AccessToken } from './token.ts'
import { isOnOwnNetwork } from '../own-network.ts'

/** A node's identity at Google (S21). */
export interface GcpNodeIdentity {
  readonly projectId: string
  /** Null if no metadata server reports it. */
  readonly projectNumber: string | null
  /** Null for a federation without impersonation. */
  readonly email: string | null
}

export interface MetadataServer {
  identity(signal: AbortSignal): Promise<GcpNodeIdentity>
  token(signal: AbortSignal): Promise<AccessToken>
  /** Google's signed statement about this machine for that audience, not yet verified. */
  machineToken(audience: string, signal: AbortSignal): Promise<string>
}

const limit = 32 * 1024
export const ProjectId = z.string().regex(/^(?:[a-z0-9][a-z0-9.-]{0,62}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/)
const ProjectNumber = z.string().regex(/^[1-9]\d{0,19}$/)
const Email = z.string().regex(/^[A-Za-z0-9._-]{1,128}@[a-z0-9.-]{1,128}$/)
const Token = z.looseObject({ access_token: z.string(), expires_in: z.number().min(0).max(86_400) })

/** `host`: `address[:port]`, as Google's own tools take it from GCE_METADATA_HOST. */
export function metadataServer(host: string, ask: AskGcp = askMetadata()): MetadataServer {
  const get = async (path: string, signal: AbortSignal): Promise<string> => {
    if (!isOnOwnNetwork(host)) throw problem('METADATA_ADDRESS_REFUSED', { name: 'GCE_METADATA_HOST', host })
    const url = new URL(`http://${host}/computeMetadata/v1/${path}`)
    const headers = { 'metadata-flavor': 'Google' }
    const answer = await ask({ method: 'GET', url, headers, limit }, signal).catch(() => {
      throw signal.aborted ? interruption(signal) : identityMissing()
    })
    // A server that does not identify as Google's is another machine at that address.
    if (answer.status !== 200 || answer.header('metadata-flavor') !== 'Google') throw identityMissing()
    return answer.bytes.toString('utf8')
  }

  return {
    async identity(signal) {
      const [id, number, email] = await Promise.all([
        get('project/project-id', signal),
        get('project/numeric-project-id', signal),
        get('instance/service-accounts/default/email', signal),
      ])
      const found = z.object({ projectId: ProjectId, projectNumber: ProjectNumber, email: Email }).safeParse({
        projectId: id.trim(),
        projectNumber: number.trim(),
        email: email.trim(),
      })
      if (!found.success) throw identityMissing()
      return found.data
    },
    async token(signal) {
      const asked = Date.now()
      const found = parseToken(await get('instance/service-accounts/default/token', signal), asked)
      if (found === null) throw identityMissing()
      return found
    },
    async machineToken(audience, signal) {
      // Without `full` the token says nothing about the machine.
      const question = new URLSearchParams({ audience, format: 'full' })
      const token = await get(`instance/service-accounts/default/identity?${question.toString()}`, signal)
      return token.trim()
    },
  }
}

/** Null for anything but a token with its lifetime; an error text would quote it. */
export function parseToken(text: string, now: number): AccessToken | null {
  const found = Token.safeParse(parseJson(text))
  return found.success ? accessToken(found.data.access_token, now + found.data.expires_in * 1000) : null
}
