/** `ray up` on existing machines. */
import type { LaunchSubject } from './launch-subject.ts'
import { keepsLocalNodeTypes, localNodes } from './ray-local-nodes.ts'
import { rayLauncherFile } from './ray-launcher.ts'
import { toReplace, type YamlFile } from './yaml-text.ts'

export function rayLocalFile(subject: LaunchSubject): YamlFile {
  const machines = {
    provider: { type: 'local', head_ip: toReplace('HEAD_ADDRESS'), worker_ips: [toReplace('WORKER_ADDRESS')] },
    auth: { ssh_user: toReplace('USER'), ssh_private_key: toReplace('PRIVATE_KEY_FILE') },
  }
  const comments = {
    'provider/worker_ips': 'One for each worker; Ray keeps all of them in the cluster.',
    auth: 'A user who may use Docker on all machines. Ray copies the key to the head, which starts the workers with it.',
  }
  if (keepsLocalNodeTypes(subject.rayVersion)) {
    return rayLauncherFile(subject, { ...machines, ...localNodes, comments: { ...comments, ...localNodes.comments } })
  }
  return rayLauncherFile(subject, {
    ...machines,
    nodes: {},
    head: [
      'With RAY_UP_enable_autoscaler_v2=0: the newer autoscaler starts no workers on machines of your own before Ray 2.54.',
      'Run `ray up` again to bring back a worker that died.',
    ],
    comments,
  })
}
