/** Fixes for specific cases of a problem, if its facts identify the case. The table has the fix for all others. Pure. */
import { accessFix } from './access-fix.ts'
import { hasForm, printable, type Facts, type FactValue } from './fact.ts'
import type { ProblemCode } from './problem-document.ts'

const exactFixes: Partial<Record<ProblemCode, (facts: Facts) => string | null>> = {
  REGISTRY_LOGIN_REJECTED: ({ registry }) =>
    registry === 'docker.io'
      ? 'Store an access token of Docker Hub as the password in the secret manager (Account settings > Personal access tokens, with the right to read), and the Docker ID as the username; no restart is needed.'
      : null,
  REGISTRY_RATE_LIMITED: ({ registry }) =>
    registry === 'docker.io'
      ? 'Wait and try again, or name a login in registry_login_secret: it raises the limit of Docker Hub.'
      : null,
  CREDENTIAL_SERVER_MISMATCH: (facts) => {
    const look = lookAtServer(facts)
    return (
      look &&
      `Set \`server\` in the secret to ${shown(facts.registry)}, or correct the host in the image's name (without one it is docker.io). To see what it is: ${look}.`
    )
  },
  SECRET_SERVER_MALFORMED: (facts) => {
    const look = lookAtServer(facts)
    return look && `Set \`server\` in the secret to ${shown(facts.registry)}. To see what it is: ${look}.`
  },
  CONFIG_UNKNOWN_FIELD: ({ name, nearest, path }) => {
    if (path === 'env_vars') return `Indent ${shown(name)} by two spaces below env_vars, as every variable. ${fields}`
    return nearest === undefined ? null : `Did you mean ${shown(nearest)}? ${fields}`
  },
  REFERENCE_NOT_ALLOWED: ({ reference, registry }) =>
    hasForm('reference', reference) && hasForm('registry', registry)
      ? `Ask an admin to grant it for that registry: \`fairlead cloud grant ${reference} --registry ${registry}\`.`
      : null,
  SECRET_REF_INVALID: ({ provider }) =>
    provider === 'local' ? `Give the name of a file in the node's secrets folder; ${elsewhere}.` : null,
  SECRET_NOT_FOUND: ({ provider }) =>
    provider === 'local'
      ? `Put it into the node's secrets folder, owned by root with mode 0600, or correct the name; ${elsewhere}.`
      : null,
  ENGINE_FAILED: dockersWords,
  CONTAINER_START_FAILED: dockersWords,
  SECRET_ACCESS_DENIED: (facts) => accessFix(facts, 'read'),
  SECRET_DECRYPT_DENIED: (facts) => accessFix(facts, 'decrypt'),
  TOKEN_MISSING: ({ host }) =>
    host === undefined ? null : `Run \`fairlead login --host ${shown(host)}\`, or set FAIRLEAD_TOKEN.`,
  TOKEN_REALM_NOT_TRUSTED: ({ registry, host }) => {
    if (!hasForm('registry', registry) || !realmForm.test(String(host))) return null
    const pair = JSON.stringify({ registry, realm: host })
    return `If that realm is right, ask the node's owner to add it to /etc/fairlead/policy.yaml: trusted_realms: [${pair}]`
  },
}

const fields = 'The fields are docker_image, ray_version, env_vars and registry_login_secret.'

/** Somebody who typed an AWS name on a machine outside AWS was never asked where the secret is. */
const elsewhere = 'a secret of AWS or Google Cloud is looked up there with --provider aws or --provider gcp'

const shown = (fact: FactValue | undefined): string => printable(String(fact))

/** Null if the fix of the table applies. */
export function exactFix(code: ProblemCode, facts: Facts): string | null {
  return exactFixes[code]?.(facts) ?? null
}

/** Known only on the machine where it happened (S6): elsewhere the fix says where to read them. */
function dockersWords({ reason }: Facts): string | null {
  if (reason === undefined) return null
  return `Read what was said: ${shown(reason)}. Docker's own log says more: \`journalctl -u docker\`.`
}

/** A complete realm with nothing to escape: only then is it exactly what the registry named. */
const realmForm = /^https:\/\/[A-Za-z0-9.:[\]-]{1,100}(?:\/[A-Za-z0-9._~%/-]{0,90})?$/

/** The cloud's command to show this one field, and not the password. Null if unknown, or if it contains anything a shell would interpret. */
function lookAtServer({ provider, reference, registry }: Facts): string | null {
  if (registry === undefined || !hasForm('reference', reference)) return null
  if (provider === 'local') return '`fairlead doctor` with this image and secret, on the node'
  if (provider === 'gcp') {
    const name = reference.includes('/') ? reference.replace(/^\//, '') : `latest --secret=${reference}`
    return `\`gcloud secrets versions access ${name} | jq .server\``
  }
  if (provider !== 'aws') return null
  const region = /^arn:[^:]+:secretsmanager:([a-z0-9-]+):/.exec(reference)?.[1]
  const where = region === undefined ? '' : ` --region ${region}`
  return `\`aws secretsmanager get-secret-value --secret-id ${reference}${where} --query SecretString --output text | jq .server\``
}
