/** What goes into a Kubernetes cluster with KubeRay, and onto its nodes, whose kubelet asks for the login. */
import { takesRayToken } from '@fairlead/contract/wire'
import { clusterName, pinnedImage, type LaunchSubject } from './launch-subject.ts'
import type { YamlFile } from './yaml-text.ts'

const provider = 'fairlead-kubelet-credential-provider'
const mapFile = '/etc/fairlead/kubelet-credential-provider.yaml'

export interface KubeRayFiles {
  readonly ray_cluster: YamlFile
  /** Null for a public image: the kubelet needs no login. */
  readonly credential_provider: YamlFile | null
  readonly login_map: YamlFile | null
}

export function kubeRayFiles(subject: LaunchSubject): KubeRayFiles {
  const { image, secret, cloud } = subject
  return {
    ray_cluster: rayCluster(subject),
    credential_provider: secret === null ? null : credentialProvider(image.domain),
    login_map: secret === null ? null : loginMap(image.repository, secret, cloud.provider),
  }
}

function rayCluster({ name, revision, image, rayVersion, envVars }: LaunchSubject): YamlFile {
  const env = Object.entries(envVars).map(([variable, value]) => ({ name: variable, value: unexpanded(value) }))
  const pod = (container: string) => ({
    spec: { containers: [{ name: container, image: pinnedImage(image), ...(env.length > 0 && { env }) }] },
  })
  return {
    head: [
      `For kubectl: ${name}:${revision}, Ray ${rayVersion}. Add resources and whatever else your pods need.`,
      ...(takesRayToken(rayVersion)
        ? ['Whoever reaches Ray runs code in it, unless it asks for a token: spec.authOptions, see docs/launchers.md.']
        : []),
      "Ray's own autoscaler, if you enable it (enableInTreeAutoscaling), requires a CPU limit for each container.",
    ],
    content: {
      apiVersion: 'ray.io/v1',
      kind: 'RayCluster',
      metadata: { name: clusterName(name) },
      spec: {
        rayVersion,
        headGroupSpec: { rayStartParams: {}, template: pod('ray-head') },
        workerGroupSpecs: [
          {
            groupName: 'workers',
            replicas: 1,
            minReplicas: 1,
            maxReplicas: 2,
            rayStartParams: {},
            template: pod('ray-worker'),
          },
        ],
      },
    },
    comments: {
      'spec/headGroupSpec/template':
        "The image by its digest, and no imagePullSecrets: the node's kubelet has the login.",
    },
  }
}

/** In a value, Kubernetes reads `$(NAME)` as another variable and `$$` as one dollar. */
const unexpanded = (value: string): string => value.replaceAll('$', '$$$$')

function credentialProvider(registry: string): YamlFile {
  return {
    head: [
      "For each node: the kubelet's --image-credential-provider-config. Put the program into its --image-credential-provider-bin-dir.",
      'A node has only one such file: if it exists, add the entry to its providers.',
    ],
    content: {
      apiVersion: 'kubelet.config.k8s.io/v1',
      kind: 'CredentialProviderConfig',
      providers: [
        {
          name: provider,
          apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
          matchImages: [registry],
          defaultCacheDuration: '5m',
          args: ['--map', mapFile],
          env: [{ name: 'PATH', value: '/usr/local/bin:/usr/bin:/bin' }],
        },
      ],
    },
    comments: {},
  }
}

function loginMap(repository: string, secret: string, readBy: string): YamlFile {
  return {
    head: [`For each node: ${mapFile}, owned by root and writable only by root. It holds a reference, not a login.`],
    content: { provider: readBy, registries: { [repository]: secret } },
    comments: {},
  }
}
