/** What comes after an agent command, in the usual order: install, join, then systemd runs it. Pure. */
import { defaultPaths } from './paths.ts'
import { unitName } from './install-unit.ts'
import { shellCommand } from '../../terminal/shell-quote.ts'

export type UnitState = 'enabled' | 'packaged' | 'none'

export interface AgentPlace {
  readonly stateDir: string
  /** What systemd knows of the agent: `agent install` enables it, and a package of a distribution only brings its unit. */
  readonly unit: UnitState
}

export const afterInstall =
  'sudo fairlead agent join, with the --host … that `fairlead node join-token` prints; the agent then starts automatically'

/** For a node that has joined. */
export function afterJoin(place: AgentPlace): string {
  return place.unit === 'enabled' && isDefault(place)
    ? 'fairlead agent status; systemd starts the agent within ten seconds'
    : `${howToStart(place)}; then fairlead agent status`
}

/** For a node that has joined and whose agent is not running. */
export function howToStart(place: AgentPlace): string {
  // The unit knows no other folder.
  if (!isDefault(place)) return shellCommand('fairlead', 'agent', 'run', '--state-dir', place.stateDir)
  return starts[place.unit]
}

const service = unitName.replace(/\.service$/, '')
const starts = {
  enabled: `sudo systemctl start ${service}`,
  packaged: `sudo systemctl enable --now ${service}`,
  none: 'sudo fairlead agent install, so that systemd runs the agent from now on; or, while a terminal is open, sudo fairlead agent run',
} as const satisfies Record<UnitState, string>

const isDefault = ({ stateDir }: AgentPlace): boolean => stateDir === defaultPaths.stateDir
