/** A resource known by its ID: its name, linked if it has a page; its kind if the name is unknown. The ID appears on hover. */
import { useQuery } from '@tanstack/react-query'
import { useClouds } from '../queries/use-clouds.ts'
import { grantsQuery } from '../queries/resource-queries.ts'
import { useSession } from '../session/session.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { kindOfId, shortId } from './kind-of-id.ts'
import { namedKindOf, useName } from './use-name.ts'
import { useTokens } from './use-tokens.ts'

/** `cloudId`: its cloud, if known. A grant is known only there. */
export function ResourceLink({ id, cloudId = null }: { id: string; cloudId?: string | null }) {
  const kind = kindOfId(id)
  if (kind === 'cloud') return <CloudLink id={id} />
  if (kind === 'token') return <TokenName id={id} />
  if (kind === 'grant' && cloudId !== null) return <GrantName id={id} cloudId={cloudId} />
  return <NamedLink id={id} />
}

const pages = {
  nodes: '/nodes/$id',
  clusters: '/clusters/$id',
  clusterEnvironments: '/cluster-environments/$id',
} as const

function NamedLink({ id }: { id: string }) {
  const kind = namedKindOf(id)
  const { name, isPending } = useName(id)
  if (kind === null || name === null) return kind !== null && isPending ? <Coming /> : <Unnamed id={id} />
  return (
    <TextLink to={pages[kind]} params={{ id }} title={id}>
      {name}
    </TextLink>
  )
}

export function CloudLink({ id }: { id: string }) {
  const { byId, isPending } = useClouds()
  const cloud = byId(id)
  if (cloud === null) return isPending ? <Coming /> : <Unnamed id={id} />
  return (
    <TextLink to="/clouds/$id" params={{ id }} title={id}>
      {cloud.name}
    </TextLink>
  )
}

function TokenName({ id }: { id: string }) {
  const token = useTokens().find((one) => one.id === id)
  return token === undefined ? <Unnamed id={id} /> : <span title={id}>{token.name}</span>
}

/** The secret that it is for, while the grant exists. */
function GrantName({ id, cloudId }: { id: string; cloudId: string }) {
  const { client } = useSession()
  const { data } = useQuery(grantsQuery(client, cloudId))
  const grant = data?.results.find((one) => one.id === id)
  return grant === undefined ? (
    <Unnamed id={id} />
  ) : (
    <span className="mono" title={id}>
      {grant.reference}
    </span>
  )
}

function Coming() {
  return <span className="quiet">…</span>
}

/** A join token has no name, and the secret of a removed grant is no longer known. */
function Unnamed({ id }: { id: string }) {
  const kind = kindOfId(id)
  if (kind === null) return <span className="mono">{id}</span>
  return (
    <span className="quiet" title={id}>
      {kind} <span className="mono">{shortId(id)}</span>
    </span>
  )
}
