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

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  // Comes with the first files: nothing is drawn, the sign-in included, before the page's own part is there.
  component: HomePage,
})

const clusterEnvironments = createRoute({
  getParentRoute: () => root,
  path: '/cluster-environments',
  validateSearch: z.object({
    name: z.string().optional().catch(undefined),
    archived: z.boolean().optional().catch(undefined),
    status: BuildStatus.optional().catch(undefined),
    advice: CheckAdvice.optional().catch(undefined),
    ...sortingIn('name', 'last_modified_at'),
  }),
  component: lazyRouteComponent(
    part(() => import('./pages/cluster-environments/list-page.tsx')),
    'ClusterEnvironmentsPage',
  ),
})

const clusterEnvironment = createRoute({
  getParentRoute: () => root,
  path: '/cluster-environments/$id',
  // The two builds to compare.
  validateSearch: z.object({
    from: z.int().positive().optional().catch(undefined),
    to: z.int().positive().optional().catch(undefined),
  }),
  component: lazyRouteComponent(
    part(() => import('./pages/cluster-environments/environment-page.tsx')),
    'EnvironmentPage',
  ),
})

const newClusterEnvironment = createRoute({
  getParentRoute: () => root,
  path: '/cluster-environments/new',
  component: lazyRouteComponent(
    part(() => import('./pages/cluster-environments/new-page.tsx')),
    'NewEnvironmentPage',
  ),
})

const newBuild = createRoute({
  getParentRoute: () => root,
  path: '/cluster-environments/$id/new-build',
  // The failed build to correct; without it, the form starts from the newest.
  validateSearch: z.object({ build: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(
    part(() => import('./pages/cluster-environments/new-build-page.tsx')),
    'NewBuildPage',
  ),
})

const build = createRoute({
  getParentRoute: () => root,
  path: '/builds/$id',
  component: lazyRouteComponent(
    part(() => import('./pages/builds/build-page.tsx')),
    'BuildPage',
  ),
})

const clusters = createRoute({
  getParentRoute: () => root,
  path: '/clusters',
  validateSearch: z.object({
    name: z.string().optional().catch(undefined),
    state: ClusterState.optional().catch(undefined),
    problem: z.boolean().optional().catch(undefined),
    ...sortingIn('name', 'state', 'state_changed_at'),
  }),
  component: lazyRouteComponent(
    part(() => import('./pages/clusters/list-page.tsx')),
    'ClustersPage',
  ),
})

const newCluster = createRoute({
  getParentRoute: () => root,
  path: '/clusters/new',
  // NAME or NAME:REVISION.
  validateSearch: z.object({ environment: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(
    part(() => import('./pages/clusters/start-page.tsx')),
    'StartClusterPage',
  ),
})

const cluster = createRoute({
  getParentRoute: () => root,
  path: '/clusters/$id',
  component: lazyRouteComponent(
    part(() => import('./pages/clusters/cluster-page.tsx')),
    'ClusterPage',
  ),
})

const pulls = createRoute({
  getParentRoute: () => root,
  path: '/pulls',
  validateSearch: z.object({
    cluster_id: z.string().optional().catch(undefined),
    node_id: z.string().optional().catch(undefined),
    pod_owner: OwnerKey.optional().catch(undefined),
    purpose: PullPurpose.optional().catch(undefined),
    code: ProblemCode.optional().catch(undefined),
    registry: z.string().min(1).max(260).optional().catch(undefined),
    decision: PullDecision.optional().catch(undefined),
    build_id: z.string().optional().catch(undefined),
    within: Period.optional().catch(undefined),
    ...sortingIn('bytes', 'duration_ms'),
  }),
  component: lazyRouteComponent(
    part(() => import('./pages/pulls/list-page.tsx')),
    'PullsPage',
  ),
})

const pull = createRoute({
  getParentRoute: () => root,
  path: '/pulls/$id',
  component: lazyRouteComponent(
    part(() => import('./pages/pulls/pull-page.tsx')),
    'PullPage',
  ),
})

const nodes = createRoute({
  getParentRoute: () => root,
  path: '/nodes',
  validateSearch: z.object({
    name: z.string().optional().catch(undefined),
    cloud_id: z.string().optional().catch(undefined),
    state: NodeState.optional().catch(undefined),
    waiting: z.boolean().optional().catch(undefined),
    ...sortingIn('name', 'joined_at'),
  }),
  component: lazyRouteComponent(
    part(() => import('./pages/nodes/list-page.tsx')),
    'NodesPage',
  ),
})

const node = createRoute({
  getParentRoute: () => root,
  path: '/nodes/$id',
  component: lazyRouteComponent(
    part(() => import('./pages/nodes/node-page.tsx')),
    'NodePage',
  ),
})

const clouds = createRoute({
  getParentRoute: () => root,
  path: '/clouds',
  validateSearch: z.object(sortingIn('name', 'provider', 'created_at')),
  component: lazyRouteComponent(
    part(() => import('./pages/clouds/list-page.tsx')),
    'CloudsPage',
  ),
})

const newCloud = createRoute({
  getParentRoute: () => root,
  path: '/clouds/new',
  component: lazyRouteComponent(
    part(() => import('./pages/clouds/new-page.tsx')),
    'NewCloudPage',
  ),
})

const cloud = createRoute({
  getParentRoute: () => root,
  path: '/clouds/$id',
  component: lazyRouteComponent(
    part(() => import('./pages/clouds/cloud-page.tsx')),
    'CloudPage',
  ),
})

const editCloud = createRoute({
  getParentRoute: () => root,
  path: '/clouds/$id/edit',
  component: lazyRouteComponent(
    part(() => import('./pages/clouds/edit-page.tsx')),
    'EditCloudPage',
  ),
})

const tokens = createRoute({
  getParentRoute: () => root,
  path: '/tokens',
  validateSearch: z.object({
    kind: TokenKind.optional().catch(undefined),
    ...sortingIn('name', 'role', 'expires_at', 'created_at', 'last_used_at'),
  }),
  component: lazyRouteComponent(
    part(() => import('./pages/tokens/list-page.tsx')),
    'TokensPage',
  ),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: z.object({
    act: AuditAct.optional().catch(undefined),
    token_id: z.string().optional().catch(undefined),
  }),
  component: lazyRouteComponent(
    part(() => import('./pages/audit/audit-page.tsx')),
    'AuditPage',
  ),
})

const problemRoute = createRoute({
  getParentRoute: () => root,
  path: '/problems/$code',
  component: lazyRouteComponent(
    part(() => import('./pages/problems/problem-page.tsx')),
    'ProblemPage',
  ),
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
