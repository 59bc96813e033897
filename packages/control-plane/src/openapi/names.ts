/** Which schemas of the contract have a name in the OpenAPI document, and thus a type in a generated client. */
import * as names from '@fairlead/contract/names'
import * as problems from '@fairlead/contract/problems'
import * as wire from '@fairlead/contract/wire'
import type { z } from 'zod'

const {
  CreateBuild,
  CreateClusterEnvironment,
  EnvironmentConfig,
  NodeFacts,
  ProvenJoinRequest,
  PullRecord,
  StepReport,
} = wire

type Names = Readonly<Record<string, z.ZodType>>

const enums = {
  AuditAct: wire.AuditAct,
  AwsPartition: names.AwsPartition,
  BuildStatus: wire.BuildStatus,
  CertificateFault: wire.CertificateFault,
  CheckAdvice: wire.CheckAdvice,
  ClusterState: wire.ClusterState,
  DoorEngine: wire.DoorEngine,
  FirstStep: wire.FirstStep,
  JoinMethod: wire.JoinMethod,
  LoginReach: wire.LoginReach,
  NodeState: wire.NodeState,
  ProblemCode: problems.ProblemCode,
  Provider: names.Provider,
  PullDecision: wire.PullDecision,
  PullPurpose: wire.PullPurpose,
  RayRole: wire.RayRole,
  Role: wire.Role,
  StepName: wire.StepName,
  TokenKind: wire.TokenKind,
  WorkloadPhase: wire.WorkloadPhase,
}

const ids = {
  AuditEventId: names.AuditEventId,
  BuildId: names.BuildId,
  CloudId: names.CloudId,
  ClusterEnvironmentId: names.ClusterEnvironmentId,
  ClusterId: names.ClusterId,
  GrantId: names.GrantId,
  JoinTokenId: names.JoinTokenId,
  NodeId: names.NodeId,
  PullId: names.PullId,
  ReportId: names.ReportId,
  SessionId: names.SessionId,
  TokenId: names.TokenId,
}

/** In answers. */
export const answerNames: Names = {
  ...enums,
  ...ids,
  AccessPolicy: names.AccessPolicy,
  ApiToken: wire.ApiToken,
  Attention: wire.Attention,
  AuditEvent: wire.AuditEvent,
  AwsAccessPolicy: names.AwsAccessPolicy,
  AwsPolicyDocument: names.AwsPolicyDocument,
  AwsSecretDocument: names.AwsSecretDocument,
  AwsStatement: names.AwsStatement,
  BrowserSignIn: wire.BrowserSignIn,
  Build: wire.Build,
  BuildCheck: wire.BuildCheck,
  ChangeEvent: wire.ChangeEvent,
  ChangeName: wire.ChangeEvent.shape.event,
  ChangeText: wire.ChangeEvent.shape.data,
  Cloud: wire.Cloud,
  Cluster: wire.Cluster,
  ClusterEnvironment: wire.ClusterEnvironment,
  ClusterConnection: wire.ClusterConnection,
  ClusterNode: wire.ClusterNode,
  ConfigWarning: wire.ConfigWarning,
  ControlPlane: wire.ControlPlane,
  CreatedApiToken: wire.CreatedApiToken,
  DesiredState: wire.DesiredState,
  DeviceSignIn: wire.DeviceSignIn,
  DeviceSignInProgress: wire.DeviceSignInProgress,
  FieldProblem: problems.FieldProblem,
  GcpAccessPolicy: names.GcpAccessPolicy,
  GcpSecretBinding: names.GcpSecretBinding,
  Grant: wire.Grant,
  Identity: wire.Identity,
  JoinAnswer: wire.JoinAnswer,
  JoinChallenge: wire.JoinChallenge,
  JoinCommand: wire.JoinCommand,
  JoinToken: wire.JoinToken,
  NamedCount: wire.NamedCount,
  NamedResource: wire.NamedResource,
  Node: wire.Node,
  NodeFacts,
  NodeIdentity: wire.NodeIdentity,
  NodeSession: wire.NodeSession,
  Overview: wire.Overview,
  Problem: problems.ProblemDocument,
  PullActivity: wire.PullActivity,
  PullCheckpoint: wire.PullCheckpoint,
  PullHour: wire.PullHour,
  PullRecord,
  ReportAnswer: wire.ReportAnswer,
  SignInOffer: wire.SignInOffer,
  StepReport,
  Workload: wire.Workload,
}

const [AwsJoin, GcpJoin] = ProvenJoinRequest.options

/** In requests. A type that a node reports and an answer shows has two names, since a request rejects unknown fields. */
export const requestNames: Names = {
  ...enums,
  ...ids,
  AskToJoin: wire.AskToJoin,
  AwsJoinProof: wire.AwsJoinProof,
  BuildCheckReport: wire.BuildCheckReport,
  CreateApiToken: wire.CreateApiToken,
  CreateBuild,
  CreateCloud: wire.CreateCloud,
  CreateCluster: wire.CreateCluster,
  CreateClusterEnvironment,
  CreateGrant: wire.CreateGrant,
  EnvironmentConfig,
  FinishBrowserSignIn: wire.FinishBrowserSignIn,
  FinishDeviceSignIn: wire.FinishDeviceSignIn,
  GcpJoinProof: wire.GcpJoinProof,
  JoinRequest: wire.JoinRequest,
  ProgramSignIn: wire.ProgramSignIn,
  ProvenJoinRequest,
  AwsProvenJoinRequest: AwsJoin,
  GcpProvenJoinRequest: GcpJoin,
  Report: wire.Report,
  ReportedNodeFacts: NodeFacts,
  ReportedProblem: problems.ReportedProblem,
  ReportedPullRecord: PullRecord,
  ReportedStep: StepReport,
  StartCluster: wire.StartCluster,
  UpdateCloud: wire.UpdateCloud,
  WorkloadReport: wire.WorkloadReport,
}

/** A schema that accepts anything, so that a specific problem reports what is wrong; the document shows the right form. */
export const saidElsewhere: ReadonlyMap<z.ZodType, z.ZodType> = new Map<z.ZodType, z.ZodType>([
  [CreateClusterEnvironment.shape.config_json, EnvironmentConfig],
  [CreateBuild.shape.config_json, EnvironmentConfig],
])
