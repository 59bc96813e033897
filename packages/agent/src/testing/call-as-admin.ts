/** Calls the API of a control plane as its first administrator, and returns the answer, even if it is a problem. */
import type { ControlPlane } from '@fairlead/control-plane'

export interface AdminAnswer {
  readonly result: Record<string, string>
  readonly code?: string
  readonly detail?: string
}

export async function callAsAdmin(
  { origin, adminToken }: Pick<ControlPlane, 'origin' | 'adminToken'>,
  path: string,
  body: object | null,
): Promise<AdminAnswer> {
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body !== null && { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as AdminAnswer
}
