/** Reads a login from Google Secret Manager with the node's own identity: one call of its REST interface, verified by checksum. */
import { isGcpLocation, type GcpSecretReference } from '@fairlead/contract/names'
import { problem, tlsProblem, type Problem } from '@fairlead/contract/problems'
import { parseLoginDocument } from '../../match/login-document.ts'
import type { OnReach } from '../../match/bind-to.ts'
import { interruption, pause } from '../../process/until-aborted.ts'
import { answerLimit, parseAccessAnswer, parseGoogleError, type SecretVersionAnswer } from './answer.ts'
import { askGoogle, type AskGcp, type GcpAnswer, NoAnswer } from './http.ts'
import { openGcpNode, type GcpNode } from './identity.ts'
import type { GcpNodeIdentity } from './metadata.ts'
import { gcpProblem, isWorthAnotherTry } from './problem.ts'
import type { AccessToken } from './token.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'
import type { SecretReader } from '../secret-reader.ts'

export interface GcpSecretsOptions {
  readonly connection: SecretManagerConnection
  /** The node's own project, where a bare name is looked up. */
  readonly own: Pick<GcpNodeIdentity, 'projectId' | 'projectNumber'> & Partial<Pick<GcpNodeIdentity, 'email'>>
  readonly node?: GcpNode
  /** How often the service is asked if it throttles or fails. */
  readonly attempts?: number
  readonly pauseMs?: number
}

export function gcpSecretReader(options: GcpSecretsOptions): SecretReader {
  const { connection, own, node = openGcpNode(connection), attempts = 3, pauseMs = 200 } = options
  const ask = askGoogle(connection)
  return {
    async read(reference, { signal, onReach = () => undefined }) {
      if (signal.aborted) throw interruption(signal)
      if (reference.provider !== 'gcp') throw problem('DESIRED_STATE_REFUSED')
      const question = { ...place(reference, own), own, ask, node, signal, onReach }
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await readOnce(question)
        if (outcome.failed === null) {
          if (!isWhatWasNamed(outcome.found, reference, own)) throw notFound(question)
          return { login: parseLoginDocument(outcome.found.payload).login, version: outcome.found.version }
        }
        if (!outcome.again || attempt >= attempts) throw outcome.failed
        await pause(pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random()), signal)
      }
    },
  }
}

interface Place {
  readonly url: URL
  readonly shown: string
  readonly region: string
}

/** S21: a location must be in the static table before it becomes a host; only validated parts become a path. */
function place(reference: GcpSecretReference, { projectId }: { projectId: string }): Place {
  const { location, secret, version } = reference
  if (location !== null && !isGcpLocation(location)) throw problem('DESIRED_STATE_REFUSED')
  const project = reference.kind === 'name' ? projectId : (reference.project ?? projectId)
  const host = location === null ? 'secretmanager.googleapis.com' : `secretmanager.${location}.rep.googleapis.com`
  const parts = ['projects', project, ...(location === null ? [] : ['locations', location]), 'secrets', secret]
  const name = [...parts, 'versions', version].map(encodeURIComponent).join('/').replaceAll('%3A', ':')
  return {
    url: new URL(`https://${host}/v1/${name}:access`),
    shown: reference.kind === 'name' ? secret : (reference.resource ?? secret),
    region: location ?? 'global',
  }
}

interface Question extends Place {
  readonly own: GcpSecretsOptions['own']
  readonly ask: AskGcp
  readonly node: GcpNode
  readonly signal: AbortSignal
  readonly onReach: OnReach
}

type Outcome =
  | { readonly found: SecretVersionAnswer; readonly failed: null }
  | { readonly failed: Problem; readonly again: boolean }

async function readOnce(question: Question): Promise<Outcome> {
  const { node, own, shown, signal } = question
  try {
    let token = await node.tokens.token(signal)
    let answer = await access(question, token)
    if (answer.status === 401) {
      // A token that ended early, such as that of an account whose keys changed.
      token = await node.tokens.token(signal, token)
      answer = await access(question, token)
    }
    if (answer.status !== 200) {
      const asker = { reference: shown, projectId: own.projectId, email: own.email ?? null }
      const failed = gcpProblem(answer.status, parseGoogleError(answer.bytes), asker)
      return { failed, again: isWorthAnotherTry(answer.status) }
    }
    question.onReach('read')
    const found = parseAccessAnswer(answer.bytes)
    if (found === 'unchecked') {
      return { failed: problem('SECRET_ANSWER_UNCHECKED', { reference: shown }), again: false }
    }
    return found === null ? { failed: unusable(question), again: true } : { found, failed: null }
  } catch (error) {
    if (signal.aborted) throw interruption(signal)
    if (!(error instanceof NoAnswer)) throw error
    if (error.lack === 'form') return { failed: unusable(question), again: true }
    if (error.lack === 'network')
      return { failed: problem('SECRET_MANAGER_UNREACHABLE', { region: question.region }), again: true }
    return { failed: tlsProblem({ region: question.region }, error.lack), again: false }
  }
}

function access({ ask, url, signal, onReach }: Question, { header }: AccessToken): Promise<GcpAnswer> {
  onReach('asked')
  return header.spend((authorization) =>
    ask({ method: 'GET', url, headers: { authorization, accept: 'application/json' }, limit: answerLimit }, signal),
  )
}

/** The service answers with the project's number, whatever the request used; it can be compared if the node knows both. */
function isWhatWasNamed(
  found: SecretVersionAnswer,
  { kind, project, location, secret, version }: GcpSecretReference,
  own: Pick<GcpNodeIdentity, 'projectId' | 'projectNumber'>,
): boolean {
  if (found.secret !== secret || found.location !== location) return false
  if (/^\d+$/.test(version) && found.version !== version) return false
  const asked = kind === 'name' ? own.projectId : project
  if (!/^\d+$/.test(found.project)) return asked === found.project || asked === own.projectNumber
  const number = asked === own.projectId ? own.projectNumber : /^\d+$/.test(asked ?? '') ? asked : null
  return number === null || number === found.project
}

function unusable({ shown }: Question): Problem {
  return problem('SECRET_ANSWER_UNUSABLE', { reference: shown })
}

function notFound({ shown }: Question): Problem {
  return problem('SECRET_NOT_FOUND', { reference: shown })
}
