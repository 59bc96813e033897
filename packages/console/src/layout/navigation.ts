/** The entries of the navigation, in order. */
import type { Role } from '@fairlead/contract/wire'
import {
  IconBox,
  IconCloud,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListCheck,
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

interface NavigationGroup {
  /** Null for what stands above the groups. */
  readonly title: string | null
  readonly links: readonly NavigationLink[]
  /** Which users see it; absent: all. */
  readonly role?: Role
}

export const navigation: readonly NavigationGroup[] = [
  { title: null, links: [{ text: 'Overview', to: '/', icon: IconLayoutDashboard }] },
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
  {
    title: 'Administration',
    role: 'admin',
    links: [
      { text: 'API tokens', to: '/tokens', icon: IconKey },
      { text: 'Audit', to: '/audit', icon: IconListCheck },
    ],
  },
]

/** What a user with that permission sees. */
export const isFor =
  (may: (role: Role) => boolean) =>
  ({ role }: NavigationGroup): boolean =>
    role === undefined || may(role)
