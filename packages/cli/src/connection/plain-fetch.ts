/** Plain `fetch`, for loopback only and only from a trusted user's server: otherwise any local user could bind the port and receive the token. */
import { trustedServerConnector, type JudgeUser } from '@fairlead/credential-path/loopback'
import type { Fetch } from '@fairlead/sdk'

const connectMs = 10_000

export async function fetchInPlain(judge: JudgeUser): Promise<Fetch> {
  const { Agent, buildConnector, fetch } = await import('undici')
  const connect = trustedServerConnector(buildConnector({ timeout: connectMs, allowH2: false }), judge, connectMs)
  const dispatcher = new Agent({ connect })
  return async (url, request) => fetch(url, { ...request, dispatcher })
}
