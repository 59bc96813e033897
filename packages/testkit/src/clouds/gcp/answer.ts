/** The shape of answers and errors from Google's services: `google.rpc.Status` in JSON. */
import type { ServerResponse } from 'node:http'

export interface GoogleAnswer {
  readonly status: number
  readonly body: object
}

const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

export function refuse(
  code: number,
  message: string,
  options: { status?: string; reason?: string } = {},
): GoogleAnswer {
  const { status = names[code] ?? 'UNKNOWN', reason } = options
  const details =
    reason === undefined
      ? {}
      : { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }] }
  return { status: code, body: { error: { code, message, status, ...details } } }
}

export function send(response: ServerResponse, { status, body }: GoogleAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body))
}
