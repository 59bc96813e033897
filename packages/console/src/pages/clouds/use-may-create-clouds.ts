/** A new cloud would be out of reach of a token limited to others. */
import { useSession } from '../../session/session.tsx'

export function useMayCreateClouds(): boolean {
  const { me, may } = useSession()
  return may('admin') && me.cloud_ids === null
}
