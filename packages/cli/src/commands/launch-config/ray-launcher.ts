/** What `ray up` needs for an image from a private registry, the same on every provider. */
import { clusterName, localTag, pinnedImage, type LaunchSubject } from './launch-subject.ts'
import { installProgram, pullImage } from './node-commands.ts'
import { shellQuote } from '../../terminal/shell-quote.ts'
import { placesToReplace, type YamlFile } from './yaml-text.ts'

export interface RayFile {
  readonly provider: object
  readonly auth: object
  /** Node types, if the file has them. */
  readonly nodes: object
  /** Runs in the head's container before Ray starts there. */
  readonly beforeHead?: readonly string[]
  /** Variables for the head's Ray only. */
  readonly headEnv?: Readonly<Record<string, string>>
  /** More lines for the top of the file. */
  readonly head?: readonly string[]
  readonly comments: Readonly<Record<string, string>>
}

export function rayLauncherFile(subject: LaunchSubject, own: RayFile): YamlFile {
  const content = {
    cluster_name: clusterName(subject.name),
    provider: own.provider,
    auth: own.auth,
    docker: {
      image: localTag(subject.image),
      container_name: 'fairlead-ray',
      pull_before_run: false,
      run_options: Object.entries(subject.envVars).map(([name, value]) => `--env ${shellQuote(`${name}=${value}`)}`),
    },
    ...own.nodes,
    initialization_commands: [
      ...(subject.program === null ? [] : [installProgram(subject.program)]),
      pullImage(subject),
    ],
    setup_commands: [],
    head_setup_commands: [],
    worker_setup_commands: [],
    head_start_ray_commands: [
      'ray stop',
      ...(own.beforeHead ?? []),
      `ulimit -n 65536; ${assignments(own.headEnv ?? {})}ray start --head --port=6379 --object-manager-port=8076 --autoscaling-config=~/ray_bootstrap_config.yaml --dashboard-host=127.0.0.1`,
    ],
    worker_start_ray_commands: [
      'ray stop',
      'ulimit -n 65536; ray start --address=$RAY_HEAD_IP:6379 --object-manager-port=8076',
    ],
  }
  return {
    head: [...headOf(subject, content), ...(own.head ?? [])],
    content,
    comments: { ...commentsOf(subject), ...own.comments },
  }
}

const assignments = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${shellQuote(value)} `)
    .join('')

function headOf(subject: LaunchSubject, content: object): string[] {
  const replace = placesToReplace(content)
  return [
    `For ray up: ${subject.name}:${subject.revision}, Ray ${subject.rayVersion}, ${pinnedImage(subject.image)}`,
    'Start it with the same version of Ray. In addition to Ray, the image needs bash, ssh and rsync, as in the images of rayproject.',
    ...(replace.length === 0 ? [] : [`Replace before use: ${replace.join(', ')}`]),
  ]
}

function commentsOf({ program, secret }: LaunchSubject): Record<string, string> {
  const login =
    secret === null ? '' : " The login is read with the machine's own identity; neither Ray nor Docker sees it."
  return {
    'docker/image':
      'The name for the digest on the machine, set by `fairlead pull`. Ray finds an image only by its name.',
    'docker/pull_before_run': 'Docker has no login, so its own pull would fail.',
    'docker/run_options': 'The variables of the build.',
    initialization_commands:
      program === null
        ? `Runs on every machine, outside the container. Its image must have the program fairlead; --install-from installs it.${login}`
        : `Runs on every machine, outside the container.${login}`,
    setup_commands: 'The image is the environment: nothing is installed over it.',
    head_start_ray_commands: "The dashboard can run code with the node's rights, so it listens on loopback.",
  }
}
