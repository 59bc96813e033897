/** The public names of the contract. */
export {
  AccessPolicy,
  AwsAccessPolicy,
  AwsPolicyDocument,
  AwsSecretDocument,
  AwsStatement,
  GcpAccessPolicy,
  GcpSecretBinding,
} from './access-policy.ts'
export { awsAccessPolicy, awsSecretPlace, type AwsNodes, type AwsSecretPlace } from './access-policy-aws.ts'
export { gcloudCommand, gcpAccessPolicy, gcpSecretPlace, type GcpSecretPlace } from './access-policy-gcp.ts'
export {
  AccountId,
  AwsPartition,
  Cloud,
  CreateCloud,
  CreateGrant,
  Grant,
  JoinMethod,
  nodeRoleOf,
  NodeRole,
  ProjectId,
  Provider,
  Region,
} from './cloud.ts'
export {
  Build,
  BuildStatus,
  ClusterEnvironment,
  ConfigWarning,
  CreateBuild,
  CreateClusterEnvironment,
  EnvironmentConfig,
} from './cluster-environment.ts'
export { ApiDocument } from './api-document.ts'
export type { ConfigCloud } from './config-warnings.ts'
export { AuditAct, AuditEvent } from './audit-event.ts'
export { ChangeData, ChangeEvent, ChangeKind } from './change.ts'
export { adviceAsWarning, adviceFor, CheckAdvice, type Advice } from './check-advice.ts'
export { canonicalJson, type JsonObject, type JsonValue } from './canonical-json.ts'
export {
  Cluster,
  ClusterConnection,
  ClusterNode,
  ClusterState,
  CreateCluster,
  RayRole,
  StartCluster,
  WorkloadPhase,
} from './cluster.ts'
export { BuildCheck, DesiredState, Workload } from './desired-state.ts'
export { page, PageQuery, PagingToken, single, type Page } from './envelope.ts'
export { checkEnvironmentConfig, configFields, type CheckedConfig } from './environment-config.ts'
export { printable, WireFacts, type FactName, type FactValue, type LocalFacts } from './fact.ts'
export { parseHttpOrigin, type HttpOrigin } from './http-origin.ts'
export { listenProblem, readListenPlace, type ListenPlace } from './listen-place.ts'
export { tlsFault, tlsProblem, type TlsFault, type TlsPlace } from './tls-fault.ts'
export { tooLarge } from './too-large.ts'
export { readFault, writeFault } from './file-fault.ts'
export { grantMatch, referenceGranted, type SecretGrant } from './grant.ts'
export {
  bareHost,
  formatHostAndPort,
  isLoopback,
  parseHostAndPort,
  sameHostAndPort,
  type HostAndPort,
} from './host-and-port.ts'
export {
  AuditEventId,
  BuildId,
  CloudId,
  ClusterEnvironmentId,
  ClusterId,
  GrantId,
  JoinTokenId,
  idsFrom,
  newId,
  NodeId,
  PullId,
  ReportId,
  SessionId,
  TokenId,
} from './id.ts'
export {
  effectiveTag,
  formatImageReference,
  isPathComponent,
  parseImageReference,
  type ImageReference,
} from './image-reference.ts'
export { joinMethodOf } from './join-method.ts'
export { LastLines, lastLinesTold } from './last-lines.ts'
export { nearestWord, nearWord } from './nearest-word.ts'
export { looksLikeCredential, looksLikeSecret } from './looks-like-secret.ts'
export { Digest, Name, Platform, Timestamp, Version } from './name.ts'
export {
  AskToJoin,
  AwsJoinProof,
  GcpJoinProof,
  joinAudience,
  joinBinding,
  JoinChallenge,
  ProvenJoinRequest,
  stsHost,
  stsJoinRequest,
} from './node-proof.ts'
export { nodeHeaders, nodeRequestText, type NodeRequest } from './node-request.ts'
export {
  JoinAnswer,
  JoinRequest,
  JoinCommand,
  JoinToken,
  joinTokenPattern,
  Node,
  NodeFacts,
  NodeIdentity,
  NodeSession,
  NodeEnd,
  NodeState,
} from './node.ts'
export { problems, whoCanAct, type ProblemRow, type Who } from './problem-table.ts'
export {
  FieldProblem,
  isProblem,
  Problem,
  problem,
  ProblemCode,
  ProblemDocument,
  ReportedProblem,
  type Facts,
  type FactsOf,
  type ProblemOf,
} from './problem.ts'
export { NodePullEvent, pullEvent, PullOutcome, TakenPullEvent } from './pull-event.ts'
export { chainStart, PullCheckpoint, PullDecision, PullRecord, Sha256 } from './pull-record.ts'
export { BuildCheckReport, Report, ReportAnswer, WorkloadReport } from './report.ts'
export { readServedProblem, ServedProblem } from './served-problem.ts'
export {
  awsRegions,
  isGcpLocation,
  isKnownRegion,
  knownRegions,
  partitionOfRegion,
  type Partition,
} from './region-table.ts'
export { isNamedByImages, parseRegistryHost, registryAt, registryOf, type RegistryHost } from './registry-host.ts'
export {
  canonicalReference,
  parseSecretReference,
  providerNamedBy,
  type AwsSecretReference,
  type GcpSecretReference,
  type LocalSecretReference,
  type SecretContext,
  type SecretReference,
} from './secret-reference.ts'
export { matchServer, type ServerMatch } from './server-match.ts'
export { StepName, StepReport } from './step.ts'
export { ApiToken, apiTokenPattern, CreateApiToken, CreatedApiToken, Role } from './token.ts'
export { compareRayVersions, rayVersionPattern } from './versions.ts'
export { isRayTokenVariable, rayEnvironment, RayToken, takesRayToken } from './ray-token.ts'
