/** A cloud belongs to no token that is limited to others. */
import { useSession } from '../../session/session.tsx'

export function useMayCreateClouds(): boolean {
  const { me, may } = useSession()
  return may('admin') && me.cloud_ids === null
}
