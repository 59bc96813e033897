/** What needs somebody's attention, in words. Pure. */
import type { ControlPlane, NamedCount, Overview } from '@fairlead/contract/wire'
import type { LinkProps } from '@tanstack/react-router'
import { countText } from '../../queries/use-long-list.ts'

export interface Concern {
  readonly key: string
  readonly tone: 'bad' | 'warn'
  readonly text: string
  /** Of whom it is said. */
  readonly names: string
  readonly link: LinkProps | null
}

/** Renewals happen weeks before; later than this, one has failed. */
const soonMs = 14 * 24 * 3_600_000

export function concernsOf(
  { attention, control_plane }: Pick<Overview, 'attention' | 'control_plane'>,
  now: number,
): readonly Concern[] {
  const counted = (
    key: string,
    tone: Concern['tone'],
    found: NamedCount,
    [one, many]: readonly [string, string],
    link: LinkProps,
  ): readonly Concern[] =>
    found.total === 0
      ? []
      : [
          {
            key,
            tone,
            text: `${countText(found.total)} ${found.total === 1 ? one : many}`,
            names: namesOf(found),
            link,
          },
        ]
  return [
    ...counted('clusters', 'bad', attention.ailing_clusters, ['cluster has a problem', 'clusters have a problem'], {
      to: '/clusters',
      search: { problem: true },
    }),
    ...counted('nodes', 'bad', attention.lost_nodes, ['node is lost', 'nodes are lost'], {
      to: '/nodes',
      search: { state: 'lost' },
    }),
    ...counted(
      'pods',
      'bad',
      attention.waited_on_nodes,
      ['node has pods that wait for an image', 'nodes have pods that wait for an image'],
      { to: '/nodes', search: { waiting: true } },
    ),
    ...counted(
      'builds',
      'bad',
      attention.failed_environments,
      ['environment’s newest build failed', 'environments’ newest builds failed'],
      {
        to: '/cluster-environments',
        search: { status: 'failed' },
      },
    ),
    ...counted(
      'pulls',
      'bad',
      { total: attention.refused_pulls, newest: [] },
      ['pull was refused in the last 24 hours', 'pulls were refused in the last 24 hours'],
      { to: '/pulls', search: { decision: 'refused', within: '24h' } },
    ),
    // The page of pulls says which, and what to do.
    ...counted(
      'chains',
      'bad',
      attention.broken_chains,
      ['node’s records are no whole chain', 'nodes’ records are no whole chains'],
      { to: '/pulls' },
    ),
    ...certificateConcern(control_plane.certificate, now),
    ...counted('budgets', 'warn', attention.low_budgets, ['login has few pulls left', 'logins have few pulls left'], {
      to: '/cluster-environments',
      search: { advice: 'RATE_LIMIT_LOW' },
    }),
    ...counted(
      'tokens',
      'warn',
      attention.expiring_admin_tokens,
      ['token of an admin expires within 7 days', 'tokens of admins expire within 7 days'],
      { to: '/tokens' },
    ),
  ]
}

/** `a, b and 3 more`. */
function namesOf({ total, newest }: NamedCount): string {
  const rest = total - newest.length
  const names = newest.map(({ name }) => name).join(', ')
  return rest > 0 && names !== '' ? `${names} and ${rest} more` : names
}

function certificateConcern(certificate: ControlPlane['certificate'], now: number): readonly Concern[] {
  if (certificate === null) return []
  const { expires_at, faults } = certificate
  const days = Math.floor((Date.parse(expires_at) - now) / (24 * 3_600_000))
  const told = faultText(faults)
  if (told !== null) return [{ key: 'certificate', tone: 'bad', text: told, names: '', link: null }]
  if (Date.parse(expires_at) - now > soonMs) return []
  const text = `The certificate of this control plane expires ${days < 1 ? 'within a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`}`
  return [{ key: 'certificate', tone: 'warn', text, names: '', link: null }]
}

function faultText(faults: readonly string[]): string | null {
  if (faults.includes('expired')) return 'The certificate of this control plane has expired'
  if (faults.includes('not_yet_valid')) return 'The certificate of this control plane is not valid yet'
  if (faults.includes('other_name')) return 'The certificate of this control plane is for another name'
  return faults.length > 0 ? 'A renewed certificate of this control plane cannot be used' : null
}
