/** What comes after a command of the agent, in the order of things: install, join, then systemd runs it. Pure. */
import { defaultPaths } from './paths.ts'
import { unitName } from './install-unit.ts'

export interface AgentPlace {
  readonly stateDir: string
  /** Whether systemd knows the agent: `agent install` was here. */
  readonly isInstalled: boolean
}

export const afterInstall =
  'sudo fairlead agent join, with the --host … that `fairlead node join-token` prints; the agent then starts automatically'

/** Of a node that has joined. */
export function afterJoin(place: AgentPlace): string {
  return place.isInstalled && isDefault(place)
    ? 'fairlead agent status; systemd starts the agent within ten seconds'
    : `${howToStart(place)}; then fairlead agent status`
}

/** Of a node that has joined, and whose agent does not run. */
export function howToStart(place: AgentPlace): string {
  // The unit knows no other folder.
  if (!isDefault(place)) return `fairlead agent run --state-dir ${place.stateDir}`
  return place.isInstalled
    ? `sudo systemctl start ${unitName.replace(/\.service$/, '')}`
    : 'sudo fairlead agent install, so that systemd runs the agent from now on; or, while a terminal is open, sudo fairlead agent run'
}

const isDefault = ({ stateDir }: AgentPlace): boolean => stateDir === defaultPaths.stateDir
