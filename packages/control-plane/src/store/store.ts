/**
 * What the control plane needs from its database. A `write` is one serializable transaction: what its work read is still true when it commits, and it
 * returns once that is durable. SQLite and PostgreSQL implement the same interface.
 */
import type {
  BuildId,
  CloudId,
  ClusterEnvironmentId,
  ClusterId,
  GrantId,
  NodeId,
  PullId,
  SessionId,
  TokenId,
} from '@fairlead/contract/names'
import { isProblem, type Problem } from '@fairlead/contract/problems'
import type {
  AuditAct,
  BuildStatus,
  ChangeKind,
  CheckAdvice,
  ClusterState,
  PullDecision,
  PullHour,
  PullPurpose,
  SortOrder,
  TokenKind,
} from '@fairlead/contract/wire'
import type {
  ApiTokenRecord,
  AuditRecord,
  BuildRecord,
  CloudRecord,
  ClusterRecord,
  EnvironmentRecord,
  EventMark,
  EventRecord,
  GrantRecord,
  IdempotentAnswer,
  JoinTokenRecord,
  MemberRecord,
  NodeRecord,
  NodeSessionRecord,
  PullCheckpointRecord,
  StoredPull,
} from './records.ts'

/** The database cannot take any write now; another may do later. */
export const isOutage = (error: unknown): error is Problem =>
  isProblem(error, 'DATABASE_UNREACHABLE') || isProblem(error, 'DATABASE_UNUSABLE')

export interface Order {
  /** A column; null: the key, which begins with the time. */
  readonly by: string | null
  readonly direction: SortOrder
}

/** Newest first unless `order` says otherwise: items older than `before` (an id, or a pull's key), without the first `offset`, at most `limit`. */
export interface Slice {
  before: string | null
  offset?: number
  order?: Order | null
  limit: number
}

export interface NameFilter {
  name?: string | undefined
  nameContains?: string | undefined
}

/** Only items of these clouds. */
export interface Within {
  within?: readonly CloudId[] | undefined
}

export interface CloudTable {
  insert(cloud: CloudRecord): Promise<void>
  update(id: CloudId, change: Partial<CloudRecord>): Promise<void>
  /** Nothing here finds it any more, and its name is free; what refers to it stays. */
  remove(id: CloudId, at: string): Promise<void>
  byId(id: CloudId): Promise<CloudRecord | null>
  byName(name: string): Promise<CloudRecord | null>
  count(): Promise<number>
  list(filter: NameFilter & Within, slice: Slice): Promise<CloudRecord[]>
}

export interface GrantTable {
  insert(grant: GrantRecord): Promise<void>
  ofCloud(cloudId: CloudId): Promise<GrantRecord[]>
  list(cloudId: CloudId, slice: Slice): Promise<GrantRecord[]>
  /** False if there was none. */
  remove(cloudId: CloudId, id: GrantId): Promise<boolean>
}

export interface EnvironmentFilter extends NameFilter, Within {
  readonly cloudId?: CloudId | undefined
  readonly includeArchived: boolean
  /** Of the newest build. */
  readonly buildStatus?: BuildStatus | undefined
  readonly advice?: CheckAdvice | undefined
}

export interface EnvironmentTable {
  insert(environment: EnvironmentRecord): Promise<void>
  byId(id: ClusterEnvironmentId): Promise<EnvironmentRecord | null>
  byName(name: string): Promise<EnvironmentRecord | null>
  update(id: ClusterEnvironmentId, change: Partial<EnvironmentRecord>): Promise<void>
  list(filter: EnvironmentFilter, slice: Slice): Promise<EnvironmentRecord[]>
  count(filter: EnvironmentFilter, limit: number): Promise<number>
}

/** `NAME:REVISION` of a build. */
export interface BuildIdentifier {
  id: BuildId
  cloud_id: CloudId
  revision: number
  environment_id: ClusterEnvironmentId
  environment_name: string
}

export interface BuildTable {
  insert(build: BuildRecord): Promise<void>
  byId(id: BuildId): Promise<BuildRecord | null>
  identifiers(ids: readonly BuildId[]): Promise<BuildIdentifier[]>
  byRevision(environmentId: ClusterEnvironmentId, revision: number): Promise<BuildRecord | null>
  latestOf(environmentIds: readonly ClusterEnvironmentId[]): Promise<BuildRecord[]>
  update(id: BuildId, change: Partial<BuildRecord>): Promise<void>
  list(environmentId: ClusterEnvironmentId | null, slice: Slice, only?: Within): Promise<BuildRecord[]>
  /** Those of an environment that clusters have which are not terminated. */
  inUse(environmentId: ClusterEnvironmentId): Promise<BuildRecord[]>
  /** Undecided builds of a cloud, oldest first. */
  undecided(cloudId: CloudId): Promise<BuildRecord[]>
  /** Checked builds of a cloud whose images idle nodes bring, newest first. */
  toPrefetch(cloudId: CloudId, limit: number): Promise<BuildRecord[]>
  /** Of the revisions before that one; null: of all. */
  endPrefetch(environmentId: ClusterEnvironmentId, before: number | null): Promise<void>
  /** By the oldest. */
  leasedTo(nodeIds: readonly NodeId[]): Promise<BuildRecord[]>
}

export interface ClusterFilter extends NameFilter, Within {
  readonly state?: ClusterState | undefined
  readonly hasProblem?: boolean | undefined
}

export interface ClusterTable {
  insert(cluster: ClusterRecord): Promise<void>
  byId(id: ClusterId): Promise<ClusterRecord | null>
  byName(name: string): Promise<ClusterRecord | null>
  byIds(ids: readonly ClusterId[]): Promise<ClusterRecord[]>
  update(id: ClusterId, change: Partial<ClusterRecord>): Promise<void>
  list(filter: ClusterFilter, slice: Slice): Promise<ClusterRecord[]>
  count(filter: ClusterFilter, limit: number): Promise<number>
  remove(id: ClusterId): Promise<void>
  /** Oldest change first. */
  inState(cloudId: CloudId, state: ClusterState): Promise<ClusterRecord[]>
}

/** What the state of a cluster depends on. */
export type MemberState = MemberKey &
  Pick<MemberRecord, 'role' | 'phase' | 'problem' | 'released_at'> & {
    readonly node_name: string
    readonly node_revoked_at: string | null
  }

/** The members of a cluster, without a row for each. */
export interface MembersOutline {
  /** Of the current start. */
  readonly count: number
  readonly running: number
  /** Of all starts, like the ones that follow. */
  readonly unreleased: number
  /** Failed, revoked or lost; the head first. */
  readonly odd: readonly MemberState[]
}

export interface MemberTable {
  insert(members: readonly MemberRecord[]): Promise<void>
  update(changes: readonly MemberChange[]): Promise<void>
  ofCluster(clusterId: ClusterId): Promise<MemberRecord[]>
  /** Of all starts. */
  states(clusterId: ClusterId): Promise<MemberState[]>
  outline(cluster: Pick<ClusterRecord, 'id' | 'generation'>, lost: ReadonlySet<NodeId>): Promise<MembersOutline>
  /** Of the last start of each. Without `withOutput`, only those that failed have their last lines. */
  ofLastStarts(clusterIds: readonly ClusterId[], options: { withOutput: boolean }): Promise<MemberRecord[]>
  /** The part currently holding the node. */
  holding(nodeId: NodeId): Promise<MemberRecord | null>
  holdingIn(nodeIds: readonly NodeId[]): Promise<MemberRecord[]>
  removeBefore(clusterId: ClusterId, generation: number): Promise<void>
}

export type MemberKey = Pick<MemberRecord, 'cluster_id' | 'generation' | 'node_id'>

export interface MemberChange {
  readonly member: MemberKey
  readonly change: Partial<Omit<MemberRecord, keyof MemberKey>>
}

export interface NodeFilter extends NameFilter, Within {
  readonly cloudId?: CloudId | undefined
  /** Whether the node still exists; both if absent. */
  readonly live?: boolean | undefined
  /** Only those that last told of pods that wait for an image. */
  readonly waitedOn?: true | undefined
  /** Whether its pull records are known to form no whole chain; all if absent. */
  readonly brokenChain?: boolean | undefined
  /** Only those that last told of having prefetched this build's image. */
  readonly prefetched?: BuildId | undefined
}

/** When it was last heard, or joined. */
type HeardAt = { readonly heard_at: string }

export type HeardNode = HeardAt & Pick<NodeRecord, 'id' | 'checker'>

export type FreeNode = HeardAt & Pick<NodeRecord, 'id'> & { readonly memory_bytes: number }

/** Of the free nodes of a cloud, all, and by what is known of one build's image. */
export interface PrefetchingNodes {
  readonly free: readonly NodeId[]
  /** They last told of having prefetched it. */
  readonly ready: readonly NodeId[]
  /** They have not, and could not bring it when they last tried. */
  readonly failed: readonly NodeId[]
}

export type NamedNode = Pick<NodeRecord, 'id' | 'name' | 'cloud_id' | 'last_heard_at'>

/** What a report changes about its node, each time. */
export type HeardReport = Pick<NodeRecord, 'id' | 'facts' | 'last_heard_at' | 'report_ids' | 'pull_chain'>

/** Where a node belongs, and whether it still is one. */
export type NodeStanding = Pick<NodeRecord, 'id' | 'cloud_id' | 'checker' | 'revoked_at' | 'revoked_because'>

export interface NodeTable {
  insert(node: NodeRecord): Promise<void>
  byId(id: NodeId): Promise<NodeRecord | null>
  byName(name: string): Promise<NodeRecord | null>
  /** The live node on that machine. */
  byInstance(instanceKey: string): Promise<NodeRecord | null>
  byIds(ids: readonly NodeId[]): Promise<NodeRecord[]>
  standings(ids: readonly NodeId[]): Promise<NodeStanding[]>
  names(ids: readonly NodeId[]): Promise<NamedNode[]>
  /** The live nodes that have reported. */
  checkers(cloudId: CloudId): Promise<HeardNode[]>
  /** The live nodes with an engine, checkers aside, that no cluster holds: those with the most memory first, then the oldest. */
  free(cloudId: CloudId, limit: number): Promise<FreeNode[]>
  prefetching(cloudId: CloudId, build: Pick<BuildRecord, 'id' | 'created_at'>): Promise<PrefetchingNodes>
  /** The live nodes, with what a signature is judged by. */
  keys(): Promise<{ id: NodeId; public_key: string }[]>
  /** For every node that is not revoked: when it was last heard, or joined. */
  lastHeard(): Promise<{ id: NodeId; heard_at: string }[]>
  /** Only forward: a newer time is kept. */
  noteHeard(heard: readonly { id: NodeId; heard_at: string }[]): Promise<void>
  noteReports(reports: readonly HeardReport[]): Promise<void>
  update(id: NodeId, change: Partial<NodeRecord>): Promise<void>
  list(filter: NodeFilter, slice: Slice): Promise<NodeRecord[]>
  /** Of `list`, without reading the rest of each. */
  ids(filter: NodeFilter, slice: Slice): Promise<NodeId[]>
  count(filter: NodeFilter, limit: number): Promise<number>
}

export interface SessionTable {
  insert(session: NodeSessionRecord): Promise<void>
  byId(id: SessionId): Promise<NodeSessionRecord | null>
  valid(now: string): Promise<NodeSessionRecord[]>
  removeOf(nodeId: NodeId): Promise<void>
  removeExpired(now: string): Promise<void>
}

export interface JoinTokenTable {
  insert(token: JoinTokenRecord): Promise<void>
  byHash(hash: string): Promise<JoinTokenRecord | null>
  /** One conditional update: false if another caller used it first. */
  burn(hash: string, by: { nodeId: NodeId; nodeName: string; at: string }): Promise<boolean>
}

export interface ChallengeTable {
  /** False if it was used before. */
  burn(nonce: string, expiresAt: string): Promise<boolean>
  removeExpired(now: string): Promise<void>
  /** The key with that name; the first call stores `fresh`. */
  key(name: string, fresh: string): Promise<string>
}

export interface ApiTokenFilter extends NameFilter {
  readonly kind?: TokenKind | undefined
}

export interface ApiTokenTable {
  insert(token: ApiTokenRecord): Promise<void>
  byHash(hash: string): Promise<ApiTokenRecord | null>
  byId(id: TokenId): Promise<ApiTokenRecord | null>
  /** Of the tokens that are not revoked; sessions have no names of their own. */
  liveByName(name: string): Promise<ApiTokenRecord | null>
  /** Takes the name from a token that expired before `at`, by revoking it; a name belongs to one token that is not revoked. */
  freeName(name: string, at: string): Promise<void>
  count(): Promise<number>
  update(id: TokenId, change: Partial<ApiTokenRecord>): Promise<void>
  list(filter: ApiTokenFilter, slice: Slice): Promise<ApiTokenRecord[]>
  /** Those that expired or were revoked before `at`. */
  removeEndedSessions(at: string): Promise<void>
}

export interface PullFilter extends Within {
  readonly clusterId?: ClusterId | undefined
  readonly buildId?: BuildId | undefined
  readonly nodeId?: NodeId | undefined
  readonly purpose?: PullPurpose | undefined
  readonly code?: string | undefined
  readonly registry?: string | undefined
  /** `NAMESPACE/KIND/NAME` of what owns a pod that the image was pulled for. */
  readonly podOwner?: string | undefined
  readonly decision?: PullDecision | undefined
  /** By arrival: from the first to before the second. */
  readonly since?: string | undefined
  readonly until?: string | undefined
}

export interface PullTable {
  append(pull: StoredPull): Promise<void>
  byId(id: PullId, only?: Within): Promise<StoredPull | null>
  /** The record with the highest sequence of a node. */
  lastOf(nodeId: NodeId): Promise<StoredPull | null>
  withHash(nodeId: NodeId, hash: string): Promise<StoredPull | null>
  list(filter: PullFilter, slice: Slice): Promise<StoredPull[]>
  count(filter: PullFilter, limit: number): Promise<number>
  /** By the hour of arrival, the oldest first. */
  activity(filter: Within & { readonly since: string }): Promise<PullHour[]>
  /** Nodes with a record that arrived before `at`, and a later one. */
  nodesWithOld(at: string): Promise<NodeId[]>
  /** In chain order, starting with the first. */
  oldestOf(nodeId: NodeId, limit: number): Promise<StoredPull[]>
  /** All of the node's records up to and including this one in its chain. */
  removeThrough(last: Pick<StoredPull, 'node_id' | 'sequence' | 'key'>): Promise<void>
}

export interface PullCheckpointTable {
  of(nodeId: NodeId): Promise<PullCheckpointRecord | null>
  ofNodes(nodeIds: readonly NodeId[]): Promise<PullCheckpointRecord[]>
  /** Replaces the previous one. */
  put(checkpoint: PullCheckpointRecord): Promise<void>
  /** When the newest removed record arrived; null if none was removed. */
  receivedUntil(only?: Within): Promise<string | null>
}

export interface IdempotencyTable {
  find(callerId: string, key: string): Promise<IdempotentAnswer | null>
  insert(answer: IdempotentAnswer): Promise<void>
  removeBefore(at: string): Promise<void>
}

export interface EventTable {
  after(sequence: number, limit: number, only?: Within): Promise<EventRecord[]>
  /** After the newest of all, whoever may hear it; after number 0 if there are none. */
  end(): Promise<EventMark>
  /** After the newest of those that a reader hears, without tokens if it is limited to some clouds. */
  newest(hidden: readonly ChangeKind[], only?: Within): Promise<EventMark>
  /** Whether the events after it are exactly those that its reader has not read. */
  holds(mark: EventMark): Promise<boolean>
  removeBefore(at: string): Promise<void>
}

export interface AuditFilter extends Within {
  readonly act?: AuditAct | undefined
  readonly tokenId?: TokenId | undefined
}

/** Appended to, never changed. */
export interface AuditTable {
  insert(event: AuditRecord): Promise<void>
  list(filter: AuditFilter, slice: Slice): Promise<AuditRecord[]>
  count(filter: AuditFilter, limit: number): Promise<number>
}

export type NamedKind = 'cloud' | 'environment' | 'cluster' | 'api_token'

export interface Counts {
  clusters: Record<string, number>
  builds: Record<string, number>
}

export interface Reader {
  readonly clouds: CloudTable
  readonly grants: GrantTable
  readonly environments: EnvironmentTable
  readonly builds: BuildTable
  readonly clusters: ClusterTable
  readonly members: MemberTable
  readonly nodes: NodeTable
  readonly sessions: SessionTable
  readonly joinTokens: JoinTokenTable
  readonly challenges: ChallengeTable
  readonly apiTokens: ApiTokenTable
  readonly pulls: PullTable
  readonly pullCheckpoints: PullCheckpointTable
  readonly idempotency: IdempotencyTable
  readonly events: EventTable
  readonly audit: AuditTable
  /** Across all clouds, since names are unique: a caller that may create something of that kind learns whether its name is free. */
  nameTaken(kind: NamedKind, name: string): Promise<boolean>
  /** Whether the cloud with that id, if it exists, is within this view; others are treated as nonexistent. */
  mayReach(cloudId: CloudId): boolean
  /** Clouds with a build waiting for an unassigned check, or with a cluster waiting for nodes. */
  cloudsWithWork(now: string): Promise<CloudId[]>
  counts(): Promise<Counts>
}

export interface Transaction extends Reader {
  /** Announces a changed resource after the commit; once per transaction, however often it is called. */
  announce(kind: EventRecord['kind'], id: string): void
  /** Wakes the node's waiting request after the commit. */
  wake(nodeId: NodeId): void
  /** Makes every replica forget, after the commit, what it remembers of a node that no longer exists. */
  cutOff(nodeId: NodeId): void
  afterCommit(work: () => void): void
}

export interface Committed {
  events: boolean
  nodes: ReadonlySet<NodeId>
  revoked: ReadonlySet<NodeId>
}

/** The other processes on the same database. */
export interface Peers {
  /** False while their commits are not received: anything remembered from the database may be old. */
  readonly listening: boolean
  /** Whether this replica does the work that one does for all. */
  readonly leading: boolean
  say(message: { since?: number; asks?: boolean }): Promise<void>
  onMessage(listener: (message: { since?: number | undefined; asks?: boolean | undefined }) => void): void
}

export interface Store {
  /** Reads the newest committed state; writes nothing. */
  readonly reader: Reader
  /** Null if only this process uses the database. */
  readonly peers: Peers | null
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>
  /** Called for commits of this process, and of its peers. */
  onCommit(listener: (committed: Committed) => void): void
  /** Called when commits of peers may have been missed. */
  onGap(listener: () => void): void
  close(): Promise<void>
}
