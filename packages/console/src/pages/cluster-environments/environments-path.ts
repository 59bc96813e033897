/** The link to a page about cluster environments. */
import type { Crumb } from '../../ui/page.tsx'

export const environmentsPath: readonly Crumb[] = [
  { text: 'Configurations' },
  { text: 'Cluster environments', link: { to: '/cluster-environments' } },
]

export function environmentPath(environment: { readonly id: string; readonly name: string }): readonly Crumb[] {
  return [
    ...environmentsPath,
    { text: environment.name, link: { to: '/cluster-environments/$id', params: { id: environment.id } } },
  ]
}
