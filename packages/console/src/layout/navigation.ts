/** What the navigation shows, in its order. */
import {
  IconBox,
  IconCloud,
  IconHistory,
  IconServer2,
  IconTopologyStarRing3,
  type TablerIcon,
} from '@tabler/icons-react'

interface NavigationLink {
  readonly text: string
  readonly to: string
  readonly icon: TablerIcon
  /** Where else its pages are. */
  readonly also?: string
}

export const navigation: readonly { readonly title: string; readonly links: readonly NavigationLink[] }[] = [
  {
    title: 'Configurations',
    links: [{ text: 'Cluster environments', to: '/cluster-environments', icon: IconBox, also: '/builds' }],
  },
  {
    title: 'Workloads',
    links: [{ text: 'Clusters', to: '/clusters', icon: IconTopologyStarRing3 }],
  },
  {
    title: 'Machines',
    links: [
      { text: 'Nodes', to: '/nodes', icon: IconServer2 },
      { text: 'Clouds', to: '/clouds', icon: IconCloud },
    ],
  },
  {
    title: 'Records',
    links: [{ text: 'Pulls', to: '/pulls', icon: IconHistory }],
  },
]
