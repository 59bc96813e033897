/** The links to the pages below Workloads. */
import type { Crumb } from '../../ui/page.tsx'

export const clustersPath: readonly Crumb[] = [{ text: 'Workloads' }, { text: 'Clusters', link: { to: '/clusters' } }]
