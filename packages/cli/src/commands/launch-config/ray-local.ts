/** `ray up` on machines that are there already. */
import type { LaunchSubject } from './launch-subject.ts'
import { rayLauncherFile } from './ray-launcher.ts'
import { toReplace, type YamlFile } from './yaml-text.ts'

export function rayLocalFile(subject: LaunchSubject): YamlFile {
  return rayLauncherFile(subject, {
    provider: { type: 'local', head_ip: toReplace('HEAD_ADDRESS'), worker_ips: [toReplace('WORKER_ADDRESS')] },
    auth: { ssh_user: toReplace('USER'), ssh_private_key: toReplace('PRIVATE_KEY_FILE') },
    nodes: {},
    // Seen with 2.55.1: its monitor adds the node again and again, and logs in to none.
    head: [
      'With RAY_UP_enable_autoscaler_v2=0: the autoscaler that is the default since Ray 2.50 starts no workers here.',
    ],
    comments: {
      'provider/worker_ips': 'One for each worker; Ray keeps all of them in the cluster.',
      auth: 'Who may use Docker on all machines. Ray copies the key to the head, which starts the workers with it.',
    },
  })
}
