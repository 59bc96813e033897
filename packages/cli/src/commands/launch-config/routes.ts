/** `fairlead launch-config`: its arguments. */
import { oneArgument, remoteFlags, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'

export const launchConfigCommand = command({
  loader: async () => import('./launch-config.ts'),
  parameters: {
    positional: oneArgument('NAME[:REV]', 'A cluster environment (default: its newest revision)'),
    flags: {
      for: {
        kind: 'enum',
        values: ['ray-aws', 'ray-gcp', 'ray-local', 'kuberay', 'user-data'],
        brief: 'What starts the nodes',
      },
      installFrom: textFlag('URL', 'Where machines get the executable (default: their image has it)'),
      installSha256: textFlag('HEX', 'With --install-from: the hash of that file'),
      ...remoteFlags,
    },
  },
  docs: {
    brief: 'Print configuration that lets your own launcher start nodes from a build',
    fullDescription:
      'The control plane starts no machines; `ray up`, KubeRay or a scaling group does. This prints what goes into their files: the\n' +
      'image by its digest, and the commands with which each machine pulls it with its own identity. Values to fill in are listed\n' +
      'at the top, and marked REPLACE_WITH_. With --json: the same as an object.',
  },
  examples: [
    'fairlead launch-config train --for ray-aws > cluster.yaml && ray up cluster.yaml',
    'fairlead launch-config train:3 --for kuberay | kubectl apply -f -',
    'fairlead launch-config train --for user-data > user-data.sh',
  ],
})
