/** `ray up` on AWS: every node has the profile that it reads the secret with. */
import { nodeRoleOf } from '@fairlead/contract/wire'
import type { LaunchSubject } from './launch-subject.ts'
import { rayLauncherFile } from './ray-launcher.ts'
import { toReplace, type YamlFile } from './yaml-text.ts'

export function rayAwsFile(subject: LaunchSubject): YamlFile {
  const { cloud } = subject
  // The console and Ray name a profile after its role; a path is not part of the name.
  const profile = nodeRoleOf(cloud)?.split('/').at(-1) ?? toReplace('INSTANCE_PROFILE')
  const machine = { InstanceType: 'm5.large', IamInstanceProfile: { Name: profile } }
  return rayLauncherFile(subject, {
    provider: { type: 'aws', region: cloud.region ?? toReplace('REGION') },
    auth: { ssh_user: 'ubuntu' },
    nodes: {
      max_workers: 2,
      head_node_type: 'ray.head.default',
      available_node_types: {
        'ray.head.default': { resources: {}, node_config: machine },
        'ray.worker.default': { min_workers: 1, max_workers: 2, resources: {}, node_config: machine },
      },
    },
    comments: {
      available_node_types:
        'Without an ImageId Ray uses its own. The machine image needs Docker, which ssh_user may use.',
      'available_node_types/ray.head.default/node_config/IamInstanceProfile':
        'The head starts the workers with it, so in addition to the secret it needs what Ray requires: EC2, and iam:PassRole for the workers.',
      'available_node_types/ray.worker.default/node_config/IamInstanceProfile':
        'Ray gives its own profile only to the head; a worker without one cannot read the secret.',
    },
  })
}
