/** The console's only route map: each address, what its query may contain, and its page, which is loaded on first use. */
import { ProblemCode } from '@fairlead/contract/problems'
import {
  AuditAct,
  BuildStatus,
  CheckAdvice,
  ClusterState,
  NodeState,
  OwnerKey,
  PullDecision,
  PullPurpose,
  TokenKind,
} from '@fairlead/contract/wire'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { Shell } from './layout/shell.tsx'
import { part } from './live/missing-part.ts'
import { FaultPage } from './pages/fault-page.tsx'
import { HomePage } from './pages/home/home-page.tsx'
import { NotFoundPage } from './pages/not-found-page.tsx'
import { Period } from './pages/pulls/period.ts'
import { arrived } from './session/arrival.ts'
import { SessionGate } from './session/session.tsx'
import { sortingIn } from './ui/sorting.ts'

const root = createRootRoute({
  component: () => (
    <SessionGate arrived={arrived}>
      <Shell />
    </SessionGate>
  ),
  notFoundComponent: NotFoundPage,
  errorComponent: (fault) => (
    <main>
      <FaultPage {...fault} />
    </main>
  ),
})

const at = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path })

/** Loaded when it is first opened. */
const page = <Module extends Record<string, unknown>, Name extends keyof Module & string>(
  load: () => Promise<Module>,
  name: Name,
) => lazyRouteComponent(part(load), name)

/** What is not understood is left out. */
const maybe = <Value extends z.ZodType>(value: Value) => value.optional().catch(undefined)

const start = createRoute({
  ...at('/'),
  // Comes with the first files: nothing is drawn, the sign-in included, before the page's own part is there.
  component: HomePage,
})

const clusterEnvironments = createRoute({
  ...at('/cluster-environments'),
  validateSearch: z.object({
    name: maybe(z.string()),
    archived: maybe(z.boolean()),
    status: maybe(BuildStatus),
    advice: maybe(CheckAdvice),
    ...sortingIn('name', 'last_modified_at'),
  }),
  component: page(() => import('./pages/cluster-environments/list-page.tsx'), 'ClusterEnvironmentsPage'),
})

const clusterEnvironment = createRoute({
  ...at('/cluster-environments/$id'),
  // The two builds to compare.
  validateSearch: z.object({
    from: maybe(z.int().positive()),
    to: maybe(z.int().positive()),
  }),
  component: page(() => import('./pages/cluster-environments/environment-page.tsx'), 'EnvironmentPage'),
})

const newClusterEnvironment = createRoute({
  ...at('/cluster-environments/new'),
  component: page(() => import('./pages/cluster-environments/new-page.tsx'), 'NewEnvironmentPage'),
})

const newBuild = createRoute({
  ...at('/cluster-environments/$id/new-build'),
  // The failed build to correct; without it, the form starts from the newest.
  validateSearch: z.object({ build: maybe(z.string()) }),
  component: page(() => import('./pages/cluster-environments/new-build-page.tsx'), 'NewBuildPage'),
})

const build = createRoute({
  ...at('/builds/$id'),
  component: page(() => import('./pages/builds/build-page.tsx'), 'BuildPage'),
})

const clusters = createRoute({
  ...at('/clusters'),
  validateSearch: z.object({
    name: maybe(z.string()),
    state: maybe(ClusterState),
    problem: maybe(z.boolean()),
    ...sortingIn('name', 'state', 'state_changed_at'),
  }),
  component: page(() => import('./pages/clusters/list-page.tsx'), 'ClustersPage'),
})

const newCluster = createRoute({
  ...at('/clusters/new'),
  // NAME or NAME:REVISION.
  validateSearch: z.object({ environment: maybe(z.string()) }),
  component: page(() => import('./pages/clusters/start-page.tsx'), 'StartClusterPage'),
})

const cluster = createRoute({
  ...at('/clusters/$id'),
  component: page(() => import('./pages/clusters/cluster-page.tsx'), 'ClusterPage'),
})

const pulls = createRoute({
  ...at('/pulls'),
  validateSearch: z.object({
    cluster_id: maybe(z.string()),
    node_id: maybe(z.string()),
    pod_owner: maybe(OwnerKey),
    purpose: maybe(PullPurpose),
    code: maybe(ProblemCode),
    registry: maybe(z.string().min(1).max(260)),
    decision: maybe(PullDecision),
    build_id: maybe(z.string()),
    within: maybe(Period),
    ...sortingIn('bytes', 'duration_ms'),
  }),
  component: page(() => import('./pages/pulls/list-page.tsx'), 'PullsPage'),
})

const pull = createRoute({
  ...at('/pulls/$id'),
  component: page(() => import('./pages/pulls/pull-page.tsx'), 'PullPage'),
})

const nodes = createRoute({
  ...at('/nodes'),
  validateSearch: z.object({
    name: maybe(z.string()),
    cloud_id: maybe(z.string()),
    state: maybe(NodeState),
    waiting: maybe(z.boolean()),
    ...sortingIn('name', 'joined_at'),
  }),
  component: page(() => import('./pages/nodes/list-page.tsx'), 'NodesPage'),
})

const node = createRoute({
  ...at('/nodes/$id'),
  component: page(() => import('./pages/nodes/node-page.tsx'), 'NodePage'),
})

const clouds = createRoute({
  ...at('/clouds'),
  validateSearch: z.object(sortingIn('name', 'provider', 'created_at')),
  component: page(() => import('./pages/clouds/list-page.tsx'), 'CloudsPage'),
})

const newCloud = createRoute({
  ...at('/clouds/new'),
  component: page(() => import('./pages/clouds/new-page.tsx'), 'NewCloudPage'),
})

const cloud = createRoute({
  ...at('/clouds/$id'),
  component: page(() => import('./pages/clouds/cloud-page.tsx'), 'CloudPage'),
})

const editCloud = createRoute({
  ...at('/clouds/$id/edit'),
  component: page(() => import('./pages/clouds/edit-page.tsx'), 'EditCloudPage'),
})

const tokens = createRoute({
  ...at('/tokens'),
  validateSearch: z.object({
    kind: maybe(TokenKind),
    ...sortingIn('name', 'role', 'expires_at', 'created_at', 'last_used_at'),
  }),
  component: page(() => import('./pages/tokens/list-page.tsx'), 'TokensPage'),
})

const audit = createRoute({
  ...at('/audit'),
  validateSearch: z.object({
    act: maybe(AuditAct),
    token_id: maybe(z.string()),
  }),
  component: page(() => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
})

const problemRoute = createRoute({
  ...at('/problems/$code'),
  component: page(() => import('./pages/problems/problem-page.tsx'), 'ProblemPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    clusterEnvironments,
    clusterEnvironment,
    newClusterEnvironment,
    newBuild,
    build,
    clusters,
    newCluster,
    cluster,
    pulls,
    pull,
    nodes,
    node,
    clouds,
    newCloud,
    cloud,
    editCloud,
    tokens,
    audit,
    problemRoute,
  ]),
  defaultPreload: 'intent',
  // Within the shell, from which every other page is reached.
  defaultErrorComponent: FaultPage,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
