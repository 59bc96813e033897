/** The command that joins a machine to a cloud. It never contains a token: every user of the machine could read it there. */
import { podTokenFile, type Cloud } from '@fairlead/contract/wire'

export interface JoinPlace {
  readonly origin: string
  /** For the CA that the control plane made for itself. A join token contains it; a machine that proves its identity gets it here. */
  readonly caFingerprint: string | null
}

export function joinCommand(
  { name, join, ...cloud }: Pick<Cloud, 'name' | 'provider' | 'join' | 'account_id' | 'project_id' | 'kubernetes'>,
  { origin, caFingerprint }: JoinPlace,
): string {
  const command = `fairlead agent join --host ${origin} --provider ${cloud.provider}`
  if (join === 'token') return command
  const isOnlyForPods = cloud.kubernetes !== null && cloud.account_id === null && cloud.project_id === null
  const proven = `${command} --cloud ${name}${isOnlyForPods ? ` --kubernetes-token ${podTokenFile}` : ''}`
  return caFingerprint === null ? proven : `${proven} --ca-sha256 ${caFingerprint}`
}
