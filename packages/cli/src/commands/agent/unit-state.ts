/** What systemd of this machine knows of the agent. */
import { existsSync, lstatSync } from 'node:fs'
import { unitFile, wantsLink } from '../../machine-steps/service-steps.ts'
import { unitName } from './install-unit.ts'
import type { UnitState } from './next-step.ts'

export function unitState(): UnitState {
  // A link may lead nowhere; systemd looks only at the link.
  if (lstatSync(wantsLink(unitName), { throwIfNoEntry: false }) !== undefined) return 'enabled'
  if (existsSync(`/usr/lib/systemd/system/${unitName}`)) return 'packaged'
  return existsSync(unitFile(unitName)) ? 'enabled' : 'none'
}
