/** undici's connector, which also records the day a refused certificate expired or becomes valid. */
import { buildConnector } from 'undici'
import { noteCertificateDay } from './certificate-day.ts'

export function tlsConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector({ ...options, allowH2: false })
  return (target, callback) => {
    // It returns the socket, although its type does not say so.
    const opening: unknown = connect(target, callback)
    noteCertificateDay(opening)
  }
}
