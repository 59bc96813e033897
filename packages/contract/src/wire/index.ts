/** Everything that goes over the wire: the schemas of the API, of node requests and reports, and of the configuration file. */
export { ApiDocument } from './api-document.ts'
export { apiTokenPattern } from './api-token-pattern.ts'
export { AuditAct, AuditEvent } from './audit-event.ts'
export { canonicalJson, type JsonObject, type JsonValue } from './canonical-json.ts'
export { ChangeData, ChangeEvent, ChangeKind, eventIdPattern } from './change.ts'
export { adviceAsWarning, adviceFor, CheckAdvice, type Advice } from './check-advice.ts'
export { Cloud, CreateCloud, CreateGrant, Grant, JoinMethod, nodeRoleOf, UpdateCloud } from './cloud.ts'
export {
  Build,
  BuildStatus,
  ClusterEnvironment,
  ConfigWarning,
  CreateBuild,
  CreateClusterEnvironment,
  EnvironmentConfig,
  PrefetchProgress,
} from './cluster-environment.ts'
export {
  Cluster,
  ClusterConnection,
  ClusterNode,
  ClusterState,
  CreateCluster,
  RayRole,
  RayToken,
  StartCluster,
  WorkloadPhase,
} from './cluster.ts'
export type { ConfigCloud } from './config-warnings.ts'
export { BuildCheck, DesiredState, mostPrefetched, Prefetch, PrefetchedImage, Workload } from './desired-state.ts'
export { DoorEngine } from './door-engine.ts'
export { mostCounted, page, PageQuery, PagingToken, single, SortOrder, type Page, type SchemaOf } from './envelope.ts'
export { versionHeader, versionMisfit } from './version-misfit.ts'
export { checkEnvironmentConfig, configFields, type CheckedConfig } from './environment-config.ts'
export { joinMethodOf } from './join-method.ts'
export {
  ClusterEcKey,
  ClusterRsaKey,
  KubernetesCluster,
  podAudience,
  podTokenFile,
  podTokenSeconds,
} from './kubernetes-cluster.ts'
export { LastLines, lastLinesTold } from './last-lines.ts'
export {
  AskToJoin,
  AwsJoinProof,
  GcpJoinProof,
  KubernetesJoinProof,
  joinAudience,
  joinBinding,
  JoinChallenge,
  ProvenJoinRequest,
  stsHost,
  stsJoinRequest,
} from './node-proof.ts'
export { furtherReach, LoginReach } from './login-reach.ts'
export { nodeHeaders, nodeRequestText, returnSpreadHeader, type NodeRequest } from './node-request.ts'
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
export {
  Attention,
  CertificateFault,
  ControlPlane,
  FirstStep,
  NamedCount,
  NamedResource,
  Overview,
  PullActivity,
  PullHour,
} from './overview.ts'
export { NodePullEvent, pullEvent, PullOutcome, TakenPullEvent } from './pull-event.ts'
export { OwnerKey, ownerKey, PodName, PodOwner, WaitingPod } from './pod.ts'
export { ChainState, chainStart, PullCheckpoint, PullDecision, PullPurpose, PullRecord, Sha256 } from './pull-record.ts'
export { isRayTokenVariable, rayEnvironment, takesRayToken } from './ray-token.ts'
export { BuildCheckReport, Report, ReportAnswer, WorkloadReport } from './report.ts'
export {
  BrowserSignIn,
  DeviceSignIn,
  DeviceSignInProgress,
  FinishBrowserSignIn,
  FinishDeviceSignIn,
  ProgramSignIn,
  SignInOffer,
} from './sign-in.ts'
export { StepName, StepReport } from './step.ts'
export {
  ApiToken,
  CreateApiToken,
  CreatedApiToken,
  expiresSoon,
  Identity,
  Role,
  TokenKind,
  tokenState,
  type TokenState,
} from './token.ts'
