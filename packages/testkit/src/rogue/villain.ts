/** Another server, to which rogue registries try to send the login: a blob store and a token realm that records everything it receives. */
import { startRecorder, type RecordedRequest, type Recorder } from '../servers/recorder.ts'
import type { TestCa } from '../servers/test-ca.ts'
import type { HonestImage } from './contents.ts'

export interface VillainOptions {
  host: string
  tls: TestCa
  /** The names in its certificate; the first is the one that it uses. */
  names: readonly [string, ...string[]]
  /** The blobs that it has copies of. */
  blobs: HonestImage['blobs']
  insidePort: number
}

/** The original request to the registry follows the first path segment. */
export function startVillain({ host, tls, names, blobs, insidePort }: VillainOptions): Promise<Recorder> {
  const [name, ...alsoNames] = names
  const answer = ({ url }: RecordedRequest) => {
    const [, act = '', digest = ''] = /^\/(\w+).*?(sha256:[0-9a-f]{64})?$/.exec(url) ?? []
    const copy = blobs.get(digest)?.bytes
    switch (act) {
      case 'copy':
        return copy === undefined ? { status: 404 } : { status: 200, body: copy }
      case 'other':
        return { status: 200, body: Buffer.alloc(copy?.length ?? 0, 'x') }
      case 'asks':
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="villain"' } }
      case 'inside':
        return { status: 307, headers: { location: `https://169.254.169.254:${insidePort}/latest/meta-data/` } }
      case 'circle':
        return { status: 307, headers: { location: url } }
      case 'token':
        return { status: 200, body: JSON.stringify({ token: 'a-token-of-the-villain', expires_in: 300 }) }
      default:
        return { status: 404 }
    }
  }
  return startRecorder({ host, tls, name, alsoNames, answer })
}
