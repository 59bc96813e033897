/** Real servers to test against, which can be started and stopped; development only. */
export { allEnded } from './all-ended.ts'
export { randomNumbers, type Chance } from './chaos/chance.ts'
export { chaosRounds, playRounds } from './chaos/rounds.ts'
export type { Tally } from './chaos/tally.ts'
export {
  startAwsFront,
  type AwsFaults,
  type AwsFront,
  type AwsFrontOptions,
  type AwsRequest,
} from './clouds/aws/front.ts'
export { startMoto, type Moto, type MotoOptions, type SecretPlace, type StoredSecret } from './clouds/aws/moto.ts'
export {
  startSecurityTokenService,
  type SecurityTokenService,
  type StsCaller,
  type StsKeys,
} from './clouds/aws/security-token-service.ts'
export { evaluatePolicy, type PolicyDocument, type PolicyStatement } from './clouds/aws/policy.ts'
export { basicHeader, basicLogin, type Login } from './basic-login.ts'
export { mustRun, runCommand, type CommandOptions, type CommandResult } from './command.ts'
export { startConnectProxy, type ConnectProxy, type ConnectProxyOptions } from './servers/connect-proxy.ts'
export { startContainerd, type ContainerdOptions, type TestContainerd } from './machines/containerd.ts'
export { freePort } from './servers/free-port.ts'
export { eventually, type Patience } from './deadline.ts'
export type { EngineOptions, TestEngine } from './machines/engine.ts'
export { postToApi } from './fairlead/api.ts'
export { startFairleadAgent, type FairleadAgent, type FairleadAgentOptions } from './fairlead/agent.ts'
export { cli, cliJson, fairleadProgram, type CliOptions, type FairleadAccess } from './fairlead/program.ts'
export { startReplicas, type FairleadReplicas, type ReplicasOptions } from './fairlead/replicas.ts'
export type { ServeProcess } from './fairlead/serve-process.ts'
export type { FairleadServe, FairleadServeOptions } from './fairlead/fairlead-serve.ts'
export { startFairleadServe } from './fairlead/serve.ts'
export {
  startFaultProxy,
  type FaultHandle,
  type FaultProxy,
  type FaultProxyOptions,
  type ProxiedRequest,
} from './servers/faults/fault-proxy.ts'
export type { CannedAnswer, FaultRule, HttpFault } from './servers/faults/http-fault.ts'
export type { FarLink } from './servers/faults/far-link.ts'
export { startServerOfAnotherUser, type ServerOfAnotherUser } from './servers/server-of-another-user.ts'
export { startTcpProxy, type TcpMode, type TcpProxy, type TcpProxyOptions } from './servers/faults/tcp-proxy.ts'
export { makeFakeRayImage, type FakeRayOptions } from './images/fake-ray-image.ts'
export { enginePrograms, ensureActionlint, ensureKubernetesPrograms } from './go-programs.ts'
export { withFileLock } from './file-lock.ts'
export { startHostileRegistry, type HostileRegistryOptions } from './rogue/hostile-registry.ts'
export {
  googleNames,
  startGoogle,
  type Google,
  type GoogleFaults,
  type GoogleOptions,
  type GoogleRequest,
} from './clouds/gcp/google.ts'
export { layoutProducts, startLayoutWorld, type LayoutWorld } from './servers/layouts/layout-world.ts'
export { pairOf, type Product } from './servers/layouts/product.ts'
export { listen, readBody, type HttpService, type ListenOptions } from './servers/http-service.ts'
export {
  startIdentityProvider,
  type IdentityProviderOptions,
  type ProviderClient,
  type ProviderUser,
  type TestIdentityProvider,
} from './servers/identity-provider.ts'
export { startTokenIssuer, type TokenIssuer } from './servers/token-issuer.ts'
export { startKubelet, type KubeletOptions, type KubeletPod, type TestKubelet } from './machines/kubelet.ts'
export { startKubeRay } from './kubernetes/kuberay.ts'
export {
  isReady,
  waitingFor,
  type Kubectl,
  type KubernetesEvent,
  type KubernetesObject,
  type KubernetesPod,
} from './kubernetes/kubectl.ts'
export { startKubernetes, type TestKubernetes } from './kubernetes/kubernetes.ts'
export type { KubernetesNode, KubernetesNodeOptions } from './kubernetes/node.ts'
export {
  blobOf,
  descriptor,
  makeIndex,
  mediaTypes,
  sha256,
  type ImagePlatform,
  type LocalBlob,
  type LocalOciImage,
} from './images/local-image.ts'
export { madeOnce } from './made-once.ts'
export type { Machine, MachineProcessOptions } from './machines/machine.ts'
export { makeImage, type FileContent, type ImageSpec, type LayerSpec } from './images/make-image.ts'
export { createNetwork, type TestNetwork } from './machines/network.ts'
export { ociImageFromDir } from './images/oci-layout.ts'
export { startPgBouncer, type PgBouncer } from './servers/pgbouncer.ts'
export { startPostgres, type PostgresOptions } from './servers/postgres.ts'
export { type Postgres } from './servers/postgres-server.ts'
export { startPostgresStandby, type PostgresStandby } from './servers/postgres-standby.ts'
export { pushImage, pushManifest, type PushOptions } from './images/push-image.ts'
export { ensurePythonEnvironment, schemathesisPython } from './python-environment.ts'
export { lockFile } from './python-lock.ts'
export { inRepository } from './repository.ts'
export { startRecorder, type RecordedRequest, type Recorder, type RecorderOptions } from './servers/recorder.ts'
export {
  registryClient,
  type RegistryClient,
  type RegistryRequest,
  type RegistryResponse,
} from './servers/registry-client.ts'
export { ensureRayImage, type RayImageOptions } from './images/ray-image.ts'
export {
  startRegistry,
  type Registry,
  type RegistryAuth,
  type RegistryOptions,
  type RegistryTarget,
} from './servers/registry.ts'
export { borrowedLayerCases, layerCases } from './rogue/layer-cases.ts'
export { honestRegistry, registryCases } from './rogue/registry-cases.ts'
export type { RogueCase } from './rogue/rogue-case.ts'
export { startRogueWorld, type RogueWorld, type RogueWorldOptions } from './rogue/rogue-world.ts'
export { newFolder, runFolder } from './run-folder.ts'
export { inLog, startService, untilReady, type Service, type ServiceSpec } from './service.ts'
export { startTcpBalancer } from './servers/tcp-balancer.ts'
export { createCa, type Certificate, type TestCa } from './servers/test-ca.ts'
export {
  startTokenServer,
  type RegistryUser,
  type TokenRequest,
  type TokenServer,
  type TokenServerOptions,
} from './servers/token-server.ts'
export { scanFiles, type FileScan } from './search/file-scan.ts'
export { scanMemory, type MemoryScan } from './search/memory-scan.ts'
export type { Finding } from './search/secret-scan/find-forms.ts'
export { secretForms, type SecretForm } from './search/secret-scan/secret-forms.ts'
export { canaryForms, cleanPlace, rowHolds, type CanaryRow, type Sought } from './search/canary-row.ts'
export { canaryTable } from './search/canary-table.ts'
export { capturePackets, type PacketCapture } from './search/packet-capture.ts'
export { scanPackets, type PacketScan } from './search/packet-scan.ts'
export { startProcessSampler, type ProcessSampler, type ProcessScan } from './search/process-sampler.ts'
export { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './worlds/control-plane.ts'
export { onLoopback, onNetwork, type Ground } from './worlds/ground.ts'
export { startLab, type Lab } from './worlds/lab.ts'
export { equip, joinAgent, prepare, startChecker, type Equipment, type Equipped } from './worlds/nodes.ts'
export {
  fakeRay,
  largeRay,
  oneLayerRay,
  rayVersion,
  realRay,
  whileRayStarts,
  type ImageMaker,
} from './worlds/ray-images.ts'
export { findRayHead, rayTaskOnEachNode, type RayHead } from './worlds/ray-task.ts'
export {
  basicRegistry,
  behindProxy,
  hiddenRegistry,
  openRegistry,
  overFarLink,
  tokenRegistry,
  type HiddenRegistry,
  type PrivateRegistry,
} from './worlds/registries.ts'
export { awsSecrets, googleSecrets, mayRead, secretFiles, type SecretManager } from './worlds/secret-managers.ts'
export { makeWrongClock, type WrongClock } from './machines/wrong-clock.ts'
export { startWhole } from './worlds/start-whole.ts'
export { startWorld } from './worlds/world.ts'
