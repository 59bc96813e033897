/** A registry that asks for the login at a place of its choice, and records what it receives itself. */
import { startRecorder, type Recorder } from '../servers/recorder.ts'
import type { ListenOptions } from '../servers/http-service.ts'

export interface HostileRegistryOptions extends ListenOptions {
  /** Where it sends clients for a token. */
  realm: string
  service?: string
}

export function startHostileRegistry({
  realm,
  service = 'test-registry',
  ...options
}: HostileRegistryOptions): Promise<Recorder> {
  return startRecorder({
    ...options,
    answer: {
      status: 401,
      headers: {
        'docker-distribution-api-version': 'registry/2.0',
        'www-authenticate': `Bearer realm="${realm}",service="${service}"`,
      },
      body: JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] }),
    },
  })
}
