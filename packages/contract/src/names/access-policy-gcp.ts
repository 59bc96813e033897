/** The minimal rights for a Google Cloud service account and a set of secrets. Pure. */
import type { GcpAccessPolicy, GcpSecretBinding } from './access-policy.ts'

export interface GcpSecretPlace {
  readonly project: string
  readonly location: string | null
  readonly secret: string
}

/** `text` is a bare name or a full identifier, as parsed from a secret reference. A version has no policy of its own. */
export function gcpSecretPlace(text: string, ownProject: string): GcpSecretPlace {
  const parts = text.replace(/^\//, '').split('/')
  if (parts.length === 1) return { project: ownProject, location: null, secret: text }
  return {
    project: parts[1] ?? '',
    location: parts[2] === 'locations' ? (parts[3] ?? null) : null,
    secret: parts.at(-3) ?? '',
  }
}

export function gcpAccessPolicy(serviceAccount: string, secrets: readonly GcpSecretPlace[]): GcpAccessPolicy {
  const named = new Map(secrets.map((place) => [`${place.project}/${place.location ?? ''}/${place.secret}`, place]))
  const bindings = [...named]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { project, location, secret }]): GcpSecretBinding => ({
      project,
      location,
      secret,
      role: 'roles/secretmanager.secretAccessor',
      member: `serviceAccount:${serviceAccount}`,
    }))
  return { provider: 'gcp', service_account: serviceAccount, bindings }
}

/** The command that creates a binding. No part of it is interpreted by a shell: each has a closed form. */
export function gcloudCommand({ project, location, secret, role, member }: GcpSecretBinding): string {
  const where = location === null ? '' : ` --location=${location}`
  return `gcloud secrets add-iam-policy-binding ${secret} --project=${project}${where} --member=${member} --role=${role}`
}
