/** /control_plane: which version runs here, and how long its certificate is valid. */
import { version } from '@fairlead/contract/release'
import { ControlPlane, single } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import type { CertificateState } from '../tls/certificate-watch.ts'
import { get, type Route } from './route.ts'

/** Null without TLS. */
export type CertificateNow = () => CertificateState | null

export function controlPlaneRoutes({ certificate }: { certificate: CertificateNow }): Route[] {
  return [
    get(
      {
        path: '/api/v1/control_plane',
        access: 'viewer',
        summary: 'The version of the control plane, and its certificate',
        status: 200,
        answer: single(ControlPlane),
      },
      async () => {
        const state = certificate()
        return {
          result: {
            version,
            certificate: state === null ? null : { expires_at: iso(state.expiresAt), faults: [...state.faults] },
          },
        }
      },
    ),
  ]
}
