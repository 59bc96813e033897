/** A script for cloud-init: a machine in a scaling group joins with its cloud identity. It holds no secret: any process there reads user data. */
import type { LaunchSubject } from './launch-subject.ts'
import { installProgram } from './node-commands.ts'
import { shellCommand } from '../../terminal/shell-quote.ts'

export function userDataScript({ cloud, controlPlane, program }: LaunchSubject): string {
  const { origin, caSha256 } = controlPlane
  const trust = caSha256 === null ? [] : [`--ca-sha256=${caSha256}`]
  const identity = [`--host=${origin}`, `--provider=${cloud.provider}`, `--cloud=${cloud.name}`]
  return `#!/bin/bash
# For the user data of a launch template or a scaling group: cloud-init runs it once, as root.
# The machine proves its identity through its cloud. There is no token here, because every process on the machine can read user data.
# Each node is named after its instance, and leaves when the machine is powered off.
# The machine image needs Docker${program === null ? ' and the program fairlead (--install-from installs it)' : ''}.
set -euo pipefail
export PATH="/usr/local/sbin:/usr/local/bin:$PATH"
${program === null ? '' : `\n${installProgram(program)}\n`}
# Exit status 7: the control plane cannot be reached yet.
for attempt in $(seq 30); do
  status=0
  ${shellCommand('fairlead', 'agent', 'join', ...identity, ...trust)} || status=$?
  test "$status" = 7 || break
  echo "fairlead: attempt $attempt did not reach the control plane" >&2
  sleep 10
done
test "$status" = 0 || exit "$status"

# Installs a systemd unit that runs \`fairlead agent run\`, now and after each boot.
fairlead agent install
`
}
