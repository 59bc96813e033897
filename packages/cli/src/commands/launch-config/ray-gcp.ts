/** `ray up` on Google Cloud: every node runs as the service account that reads the secret. */
import { nodeRoleOf } from '@fairlead/contract/wire'
import type { LaunchSubject } from './launch-subject.ts'
import { rayLauncherFile } from './ray-launcher.ts'
import { toReplace, type YamlFile } from './yaml-text.ts'

export function rayGcpFile(subject: LaunchSubject): YamlFile {
  const { cloud } = subject
  const machine = {
    machineType: 'n1-standard-2',
    disks: [
      {
        boot: true,
        autoDelete: true,
        type: 'PERSISTENT',
        initializeParams: { diskSizeGb: 50, sourceImage: toReplace('IMAGE_WITH_DOCKER') },
      },
    ],
    serviceAccounts: [
      {
        email: nodeRoleOf(cloud) ?? toReplace('SERVICE_ACCOUNT'),
        scopes: ['https://www.googleapis.com/auth/cloud-platform'],
      },
    ],
  }
  return rayLauncherFile(subject, {
    provider: {
      type: 'gcp',
      region: cloud.region ?? toReplace('REGION'),
      availability_zone: toReplace('ZONE'),
      project_id: cloud.project_id ?? toReplace('PROJECT'),
    },
    auth: { ssh_user: 'ubuntu' },
    nodes: {
      max_workers: 2,
      head_node_type: 'ray_head_default',
      available_node_types: {
        ray_head_default: { resources: { CPU: 2 }, node_config: machine },
        ray_worker_default: { min_workers: 1, max_workers: 2, resources: { CPU: 2 }, node_config: machine },
      },
    },
    comments: {
      available_node_types: 'The source image needs Docker, which ssh_user may use.',
      'available_node_types/ray_head_default/node_config/serviceAccounts':
        'The head starts the workers with it, so in addition to the secret it needs what Ray requires: compute.instanceAdmin and serviceAccountUser.',
      'available_node_types/ray_worker_default/node_config/serviceAccounts':
        'Ray gives its own account only to the head; a worker without one cannot read the secret.',
    },
  })
}
