/** The clouds that a token is limited to, by name. */
import { useClouds } from '../queries/use-clouds.ts'

/** `ids` of null: the token is not limited. */
export function CloudNames({ ids }: { ids: readonly string[] | null }) {
  return ids === null ? 'all clouds' : <Names ids={ids} />
}

function Names({ ids }: { ids: readonly string[] }) {
  const { byId } = useClouds()
  return ids.map((id) => byId(id)?.name ?? id).join(', ')
}
