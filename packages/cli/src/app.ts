/** The commands, by noun. This file loads only what help needs; each command loads its own code. */
import { version as released } from '@fairlead/contract/release'
import {
  buildApplication,
  buildRouteMap,
  run,
  version,
  type Application,
  type Command,
  type RouteMap,
} from '@stricli/core'
import { arrangeArgs } from './arrange-args.ts'
import { adminRoutes } from './commands/admin/routes.ts'
import { agentRoutes } from './commands/agent/routes.ts'
import { doorRoutes } from './commands/door/routes.ts'
import { doctorCommand } from './commands/doctor/routes.ts'
import { pullCommand } from './commands/pull/routes.ts'
import { cloudRoutes } from './commands/cloud/routes.ts'
import { clusterRoutes } from './commands/cluster/routes.ts'
import { completionCommand } from './commands/completion/routes.ts'
import { helpCommand } from './commands/help/routes.ts'
import { supportBundleCommand } from './commands/support-bundle/routes.ts'
import { versionCommand } from './commands/version/routes.ts'
import { whoamiCommand } from './commands/whoami/routes.ts'
import { explainRoutes } from './commands/explain/routes.ts'
import { launchConfigCommand } from './commands/launch-config/routes.ts'
import { serveRoutes } from './commands/serve/routes.ts'
import { loginCommand, logoutCommand } from './commands/login/routes.ts'
import { nodeRoutes } from './commands/node/routes.ts'
import { configureDockerCommand } from './commands/configure-docker/routes.ts'
import { pullsRoutes } from './commands/pulls/routes.ts'
import { secretRoutes } from './commands/secret/routes.ts'
import { tokenRoutes } from './commands/token/routes.ts'
import { policyCommand } from './commands/policy/routes.ts'
import { auditRoutes } from './commands/audit/routes.ts'
import { clusterEnvRoutes } from './commands/cluster-env/routes.ts'
import { groupsIn, walk, type CommandPlace } from './command-tree.ts'
import type { CliContext } from './context.ts'
import { helpIntegration } from './help.ts'
import { textFor } from './text.ts'

const root: RouteMap<CliContext> = buildRouteMap({
  routes: {
    'cluster-env': clusterEnvRoutes,
    cluster: clusterRoutes,
    cloud: cloudRoutes,
    node: nodeRoutes,
    pulls: pullsRoutes,
    token: tokenRoutes,
    audit: auditRoutes,
    policy: policyCommand,
    'launch-config': launchConfigCommand,
    explain: explainRoutes,
    pull: pullCommand,
    doctor: doctorCommand,
    secret: secretRoutes,
    'configure-docker': configureDockerCommand,
    door: doorRoutes,
    agent: agentRoutes,
    serve: serveRoutes,
    admin: adminRoutes,
    login: loginCommand,
    logout: logoutCommand,
    whoami: whoamiCommand,
    version: versionCommand,
    'support-bundle': supportBundleCommand,
    completion: completionCommand,
    help: helpCommand((args, context) => run(buildFairlead(args), args, context)),
  },
  docs: {
    brief: 'Run Ray clusters from images in private registries, and keep the passwords where they belong',
  },
})

/** `command`: only this one, instead of all of them. */
export function buildFairlead(args: readonly string[], command?: Command<CliContext>): Application<CliContext> {
  const configuration = {
    name: 'fairlead',
    scanner: {
      caseStyle: 'allow-kebab-for-camel',
      allowArgumentEscapeSequence: true,
      // Git's weights, with a lower limit: a more distant word was not meant.
      distanceOptions: { threshold: 5, weights: { insertion: 1, deletion: 3, substitution: 2, transposition: 0 } },
    },
    documentation: { caseStyle: 'convert-camel-to-kebab' },
    localization: { text: textFor(commandIn(args), groupsIn(placeIn(args).target)) },
  } as const
  const integrations = {
    help: helpIntegration(),
    version: version<CliContext>({ info: { currentVersion: released }, brief: 'Print the version' }),
  }
  return command === undefined
    ? buildApplication<CliContext>(root, configuration, integrations)
    : buildApplication<CliContext>(command, configuration, integrations)
}

export function placeIn(args: readonly string[]): CommandPlace {
  return walk(root, args)
}

/** `fairlead cluster start`. */
export function commandIn(args: readonly string[]): string {
  return ['fairlead', ...placeIn(args).words].join(' ')
}

/** Moves leading global flags behind the command; or behind everything, so that a wrong word is reported and not a flag. */
export function arranged(args: readonly string[]): readonly string[] {
  return arrangeArgs(args, (rest) => {
    const { words, target } = placeIn(rest)
    return 'parameters' in target ? words.length : rest.length
  })
}
