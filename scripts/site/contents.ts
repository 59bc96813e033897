/** The sidebar of the documentation site: every page, under what its reader wants to do. Pure; the site's configuration imports it. */

export interface Section {
  readonly text: string
  readonly collapsed?: true
  /** Paths of the site without `.md`, in order. */
  readonly pages: readonly string[]
  /** A folder whose other pages follow by name. */
  readonly folder?: string
}

export const contents: readonly Section[] = [
  { text: 'Start here', pages: ['index', 'tutorial'] },
  {
    text: 'Guides',
    pages: [
      'guides/aws',
      'guides/google-cloud',
      'guides/on-premises',
      'guides/doors',
      'guides/kubernetes',
      'guides/rotate-a-password',
      'guides/prefetch',
      'guides/air-gapped',
      'guides/proxy',
      'launchers',
      'nodes',
      'console',
      'guides/server',
      'guides/sign-in',
      'guides/upgrade',
      'tls',
      'replicas',
      'backup',
      'observability',
    ],
    folder: 'guides/',
  },
  {
    text: 'Your registry',
    pages: [
      'registries',
      'guides/artifactory',
      'guides/docker-hub',
      'guides/gitlab',
      'guides/harbor',
      'guides/amazon-ecr',
    ],
  },
  {
    text: 'Move to Fairlead',
    pages: ['migrate/ray-up', 'migrate/kuberay', 'migrate/scaling-group'],
    folder: 'migrate/',
  },
  {
    text: 'Reference',
    pages: [
      'reference/commands',
      'reference/command-line',
      'reference/cluster-environment',
      'reference/owners-file',
      'problems',
      'reference/api',
      'reference/api-types',
      'api-access',
      'reference/python',
      'reference/typescript',
      'changelog',
    ],
    folder: 'reference/',
  },
  {
    text: 'Why it is safe',
    pages: ['threat-model', 'promises', 'explanation/what-the-control-plane-knows', 'explanation/limits', 'rules'],
    folder: 'explanation/',
  },
  {
    text: 'How it is built',
    pages: ['tour', 'architecture', 'recipes', 'contributing', 'security', 'adr/index', 'results/index'],
    folder: 'results/',
    collapsed: true,
  },
  { text: 'Decisions', pages: [], folder: 'adr/', collapsed: true },
]

export interface SidebarGroup {
  readonly text: string
  readonly collapsed: boolean
  readonly items: readonly { readonly text: string; readonly link: string }[]
}

/** `titles`: of each page of the site. Pages that do not exist are left out. */
export function sidebar(titles: ReadonlyMap<string, string>): readonly SidebarGroup[] {
  const placed = new Set(contents.flatMap(({ pages }) => pages))
  return contents.map(({ text, pages, folder, collapsed = false }) => {
    const rest = [...titles.keys()].filter(
      (page) => folder !== undefined && page.startsWith(folder) && !placed.has(page),
    )
    const items = [...pages, ...rest.toSorted()].flatMap((page) => {
      const title = titles.get(page)
      return title === undefined ? [] : [{ text: title, link: `/${page.replace(/(^|\/)index$/, '$1')}` }]
    })
    return { text, collapsed, items }
  })
}

/** The id of a heading, as GitHub makes it, so that one link serves both. */
export function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}
