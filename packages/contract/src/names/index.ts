/** The names of things outside Fairlead, and when two names mean the same thing: images, registries, secrets, hosts, clouds and cloud grants. */
export { awsAccessPolicy, awsSecretPlace, type AwsNodes, type AwsSecretPlace } from './access-policy-aws.ts'
export { gcloudCommand, gcpAccessPolicy, gcpSecretPlace, type GcpSecretPlace } from './access-policy-gcp.ts'
export {
  AccessPolicy,
  AwsAccessPolicy,
  AwsPolicyDocument,
  AwsSecretDocument,
  AwsStatement,
  GcpAccessPolicy,
  GcpSecretBinding,
} from './access-policy.ts'
export { isDigest, versionForm } from './form.ts'
export { grantMatch, referenceGranted, type SecretGrant } from './grant.ts'
export {
  bareHost,
  formatHostAndPort,
  isLoopback,
  parseHostAndPort,
  sameHostAndPort,
  type HostAndPort,
} from './host-and-port.ts'
export { parseHttpOrigin, type HttpOrigin } from './http-origin.ts'
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
export { listenProblem, readListenPlace, type ListenPlace } from './listen-place.ts'
export { holdsToken, looksLikeCredential, looksLikeSecret } from './looks-like-secret.ts'
export { BuildName, Digest, HolderName, Name, Platform, Timestamp, Version } from './name.ts'
export { nearestWord, nearWord } from './nearest-word.ts'
export { AccountId, AwsPartition, NodeRole, ProjectId, Provider, Region } from './provider.ts'
export {
  awsRegions,
  isGcpLocation,
  isKnownRegion,
  knownRegions,
  partitionOfRegion,
  type Partition,
} from './region-table.ts'
export {
  isNamedByImages,
  parseRegistryHost,
  registryAt,
  registryOf,
  spellingsOf,
  type RegistryHost,
} from './registry-host.ts'
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
export { compareRayVersions, rayVersionPattern } from './versions.ts'
