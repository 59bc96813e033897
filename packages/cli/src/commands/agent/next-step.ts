/** What comes after an agent command, in the usual order: install, join, then systemd runs it. Pure. */
import { defaultPaths } from './paths.ts'
import { unitName } from './install-unit.ts'

export interface AgentPlace {
  readonly stateDir: string
  /** Whether systemd knows the agent, that is, whether `agent install` ran. */
  readonly isInstalled: boolean
}

export const afterInstall =
  'sudo fairlead agent join, with the --host … that `fairlead node join-token` prints; the agent then starts automatically'

/** For a node that has joined. */
export function afterJoin(place: AgentPlace): string {
  return place.isInstalled && isDefault(place)
    ? 'fairlead agent status; systemd starts the agent within ten seconds'
    : `${howToStart(place)}; then fairlead agent status`
}

/** For a node that has joined and whose agent is not running. */
export function howToStart(place: AgentPlace): string {
  // The unit knows no other folder.
  if (!isDefault(place)) return `fairlead agent run --state-dir ${place.stateDir}`
  return place.isInstalled
    ? `sudo systemctl start ${unitName.replace(/\.service$/, '')}`
    : 'sudo fairlead agent install, so that systemd runs the agent from now on; or, while a terminal is open, sudo fairlead agent run'
}

const isDefault = ({ stateDir }: AgentPlace): boolean => stateDir === defaultPaths.stateDir
