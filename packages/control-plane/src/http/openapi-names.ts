/** Which schemas of the contract have a name in the OpenAPI document, and so a type in a generated client. */
import * as contract from '@fairlead/contract'
import type { z } from 'zod'

const {
  CreateBuild,
  CreateClusterEnvironment,
  EnvironmentConfig,
  NodeFacts,
  ProvenJoinRequest,
  PullRecord,
  StepReport,
} = contract

type Names = Readonly<Record<string, z.ZodType>>

const enums = {
  AuditAct: contract.AuditAct,
  AwsPartition: contract.AwsPartition,
  BuildStatus: contract.BuildStatus,
  CheckAdvice: contract.CheckAdvice,
  ClusterState: contract.ClusterState,
  JoinMethod: contract.JoinMethod,
  NodeState: contract.NodeState,
  ProblemCode: contract.ProblemCode,
  Provider: contract.Provider,
  PullDecision: contract.PullDecision,
  RayRole: contract.RayRole,
  Role: contract.Role,
  StepName: contract.StepName,
  WorkloadPhase: contract.WorkloadPhase,
}

const ids = {
  AuditEventId: contract.AuditEventId,
  BuildId: contract.BuildId,
  CloudId: contract.CloudId,
  ClusterEnvironmentId: contract.ClusterEnvironmentId,
  ClusterId: contract.ClusterId,
  GrantId: contract.GrantId,
  JoinTokenId: contract.JoinTokenId,
  NodeId: contract.NodeId,
  PullId: contract.PullId,
  ReportId: contract.ReportId,
  SessionId: contract.SessionId,
  TokenId: contract.TokenId,
}

/** In answers. */
export const answerNames: Names = {
  ...enums,
  ...ids,
  AccessPolicy: contract.AccessPolicy,
  ApiToken: contract.ApiToken,
  AuditEvent: contract.AuditEvent,
  AwsAccessPolicy: contract.AwsAccessPolicy,
  AwsPolicyDocument: contract.AwsPolicyDocument,
  AwsSecretDocument: contract.AwsSecretDocument,
  AwsStatement: contract.AwsStatement,
  Build: contract.Build,
  BuildCheck: contract.BuildCheck,
  ChangeEvent: contract.ChangeEvent,
  ChangeName: contract.ChangeEvent.shape.event,
  ChangeText: contract.ChangeEvent.shape.data,
  Cloud: contract.Cloud,
  Cluster: contract.Cluster,
  ClusterEnvironment: contract.ClusterEnvironment,
  ClusterConnection: contract.ClusterConnection,
  ClusterNode: contract.ClusterNode,
  ConfigWarning: contract.ConfigWarning,
  CreatedApiToken: contract.CreatedApiToken,
  DesiredState: contract.DesiredState,
  FieldProblem: contract.FieldProblem,
  GcpAccessPolicy: contract.GcpAccessPolicy,
  GcpSecretBinding: contract.GcpSecretBinding,
  Grant: contract.Grant,
  JoinAnswer: contract.JoinAnswer,
  JoinChallenge: contract.JoinChallenge,
  JoinCommand: contract.JoinCommand,
  JoinToken: contract.JoinToken,
  Node: contract.Node,
  NodeFacts,
  NodeIdentity: contract.NodeIdentity,
  NodeSession: contract.NodeSession,
  Problem: contract.ProblemDocument,
  PullCheckpoint: contract.PullCheckpoint,
  PullRecord,
  ReportAnswer: contract.ReportAnswer,
  StepReport,
  Workload: contract.Workload,
}

const [AwsJoin, GcpJoin] = ProvenJoinRequest.options

/** In requests. What a node tells and an answer shows has two names, since a request takes no field that it does not know. */
export const requestNames: Names = {
  ...enums,
  ...ids,
  AskToJoin: contract.AskToJoin,
  AwsJoinProof: contract.AwsJoinProof,
  BuildCheckReport: contract.BuildCheckReport,
  CreateApiToken: contract.CreateApiToken,
  CreateBuild,
  CreateCloud: contract.CreateCloud,
  CreateCluster: contract.CreateCluster,
  CreateClusterEnvironment,
  CreateGrant: contract.CreateGrant,
  EnvironmentConfig,
  GcpJoinProof: contract.GcpJoinProof,
  JoinRequest: contract.JoinRequest,
  ProvenJoinRequest,
  AwsProvenJoinRequest: AwsJoin,
  GcpProvenJoinRequest: GcpJoin,
  Report: contract.Report,
  ReportedNodeFacts: NodeFacts,
  ReportedProblem: contract.ReportedProblem,
  ReportedPullRecord: PullRecord,
  ReportedStep: StepReport,
  StartCluster: contract.StartCluster,
  WorkloadReport: contract.WorkloadReport,
}

/** A schema that takes anything, for a problem of its own to say what is wrong; the document says what is right. */
export const saidElsewhere: ReadonlyMap<z.ZodType, z.ZodType> = new Map<z.ZodType, z.ZodType>([
  [CreateClusterEnvironment.shape.config_json, EnvironmentConfig],
  [CreateBuild.shape.config_json, EnvironmentConfig],
])
