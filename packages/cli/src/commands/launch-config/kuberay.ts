/** What goes into a Kubernetes cluster with KubeRay: one object, as kubectl takes it. What brings its image is a matter of the nodes. */
import { takesRayToken } from '@fairlead/contract/wire'
import { clusterName, pinnedImage, type LaunchSubject } from './launch-subject.ts'
import type { YamlFile } from './yaml-text.ts'

/** To begin with. Ray's autoscaler counts what a container requests, and rejects one that requests no CPU. */
const resources = { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '4Gi' } }

export function rayClusterFile({ name, revision, image, rayVersion, envVars, secret }: LaunchSubject): YamlFile {
  const env = Object.entries(envVars).map(([variable, value]) => ({ name: variable, value: unexpanded(value) }))
  const pod = (container: string) => ({
    spec: { containers: [{ name: container, image: pinnedImage(image), ...(env.length > 0 && { env }), resources }] },
  })
  const asksForToken = takesRayToken(rayVersion)
  return {
    head: [
      `For kubectl: ${name}:${revision}, Ray ${rayVersion}. Set resources to what your work needs, and add what else your pods need.`,
      ...(asksForToken ? ['It needs KubeRay 1.5.1 or newer.'] : []),
      ...(secret === null
        ? []
        : [
            `Each node needs a door for the image: fairlead agent install --door ${image.repository}=${secret}`,
            'docs/guides/kubernetes.md has this and other ways. Pods need no imagePullSecrets.',
          ]),
    ],
    content: {
      apiVersion: 'ray.io/v1',
      kind: 'RayCluster',
      metadata: { name: clusterName(name) },
      spec: {
        rayVersion,
        ...(asksForToken && { authOptions: { mode: 'token' } }),
        enableInTreeAutoscaling: true,
        headGroupSpec: { rayStartParams: { 'num-cpus': '0' }, template: pod('ray-head') },
        workerGroupSpecs: [
          {
            groupName: 'workers',
            replicas: 1,
            minReplicas: 1,
            maxReplicas: 3,
            rayStartParams: {},
            template: pod('ray-worker'),
          },
        ],
      },
    },
    comments: {
      ...(asksForToken && {
        'spec/authOptions': `Ray asks for a token. KubeRay keeps it in the Secret ${clusterName(name)}: who may read that may use Ray.`,
      }),
      'spec/headGroupSpec/rayStartParams': 'Tasks run on workers, so that they cannot take the head what it needs.',
    },
  }
}

/** In a value, Kubernetes reads `$(NAME)` as another variable and `$$` as one dollar. */
const unexpanded = (value: string): string => value.replaceAll('$', '$$$$')
