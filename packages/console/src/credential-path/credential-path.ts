/** What each station and each path of the credential says about one pull. Pure: both the drawing and the spoken text come from here. */
import { areaOf, printableInFull, problems } from '@fairlead/contract/problems'
import { type PullPurpose, type PullRecord } from '@fairlead/contract/wire'
import { formatBytes, shortDigest } from '../ui/units.ts'
import { engineName, isThroughDoor } from './engine-words.ts'
import { hasSecret, reachOf, type Reach } from './login-reach.ts'
import { endedAt, statusOf } from './record-steps.ts'
import { managerNames, secretWords, shortVersion, type SecretCloud } from './secret-words.ts'
import { pathSentence } from './path-sentence.ts'

/** A pull, and what is known about where it ran. */
export interface PathSubject {
  readonly record: PullRecord
  readonly nodeName: string | null
  /** The identity that the node's cloud vouched for; null if a token admitted the node. */
  readonly principal: string | null
  readonly cloud: SecretCloud | null
}

export type Tone = 'good' | 'bad' | 'warn' | 'idle'

export interface Station {
  readonly title: string
  /** Names given by others, unchanged. */
  readonly names: readonly string[]
  readonly facts: readonly string[]
  readonly status: { readonly tone: Tone; readonly text: string }
}

export interface Gate {
  readonly state: 'open' | 'shut' | 'unused'
  readonly tone: Tone
  readonly title: string
  readonly text: string
}

export interface Ways {
  /** The secret, from its manager to the node. */
  readonly read: 'went' | 'stopped' | 'idle'
  /** The login, from the node towards the registry: how far it got. */
  readonly login: 'went' | 'unproved' | 'sent' | 'held' | 'shut-out' | 'useless' | 'none'
  /** Whether the registry was contacted at all, even without a login. */
  readonly ask: 'made' | 'stopped' | 'none'
  readonly layers: 'went' | 'stopped' | 'idle'
  readonly handOver: 'went' | 'stopped' | 'idle'
  /** What the control plane sent the node. */
  readonly reference: 'named' | 'none'
}

export interface CredentialPath {
  /** The decision, in one sentence. */
  readonly sentence: string
  readonly secretManager: Station
  readonly node: Station
  readonly gate: Gate
  readonly registry: Station
  /** Between the engine and the registry: the gateway of one pull, or the engine's door. */
  readonly gateway: Station
  readonly engine: Station
  readonly controlPlane: Station
  readonly ways: Ways
}

export function credentialPath(subject: PathSubject): CredentialPath {
  const { record } = subject
  const reach = reachOf(record)
  const pull = pullOf(record)
  return {
    sentence: pathSentence(record, reach, subject.cloud),
    secretManager: secretManager(subject, reach),
    node: node(subject, reach),
    gate: gate(record, reach),
    registry: registry(record, reach, pull),
    gateway: gateway(record, pull),
    engine: engine(record, pull),
    controlPlane: controlPlane(record),
    ways: {
      read: reach === 'asked' ? 'stopped' : hasSecret(reach) ? 'went' : 'idle',
      login: loginWays[reach],
      ask: asked(record),
      layers: pull === 'went' ? 'went' : pull === 'registry-failed' || pull === 'ended' ? 'stopped' : 'idle',
      handOver: pull === 'went' ? 'went' : pull === 'engine-failed' ? 'stopped' : 'idle',
      reference: orderedSecret(record) === null ? 'none' : 'named',
    },
  }
}

/** The secret that the control plane named, if any. For a door, only the file of the node's owner names one. */
const orderedSecret = (record: PullRecord): string | null => (isThroughDoor(record) ? null : record.secret_reference)

const loginWays: Record<Reach, Ways['login']> = {
  unrecorded: 'none',
  none: 'none',
  unasked: 'none',
  asked: 'none',
  read: 'useless',
  parsed: 'shut-out',
  matched: 'held',
  sent: 'sent',
  unproved: 'unproved',
  accepted: 'went',
}

function titleOf({ code }: PullRecord): string {
  return code === null ? 'it ended' : problems[code].title
}

function secretManager({ record, cloud }: PathSubject, reach: Reach): Station {
  const title = 'Secret manager'
  const status = managerStatus(record, reach)
  if (record.secret_reference === null) {
    const facts = cloud === null ? [] : [managerNames[cloud.provider]]
    return { title, names: [], facts, status }
  }
  const { manager, name, place } = secretWords(record.secret_reference, cloud)
  const version = record.secret_version === null ? [] : [`version ${shortVersion(record.secret_version)}`]
  return { title, names: [name], facts: [manager, ...(place === null ? [] : [place]), ...version], status }
}

function managerStatus(record: PullRecord, reach: Reach): Station['status'] {
  switch (reach) {
    case 'unrecorded':
      return { tone: 'idle', text: 'not recorded' }
    case 'none':
      return { tone: 'idle', text: 'not asked: no secret is named' }
    case 'unasked':
      return { tone: 'idle', text: 'not asked' }
    case 'asked':
      return { tone: 'bad', text: titleOf(record) }
    case 'read':
    case 'parsed':
    case 'matched':
    case 'sent':
    case 'unproved':
    case 'accepted':
    default:
      return { tone: 'good', text: 'read by the node itself' }
  }
}

function node({ record, nodeName, principal, cloud }: PathSubject, reach: Reach): Station {
  const name = nodeName ?? record.node_id
  const identity = principal ?? (cloud?.provider === 'local' ? 'reads its secrets as root' : 'with its own identity')
  return {
    title: 'Node',
    names: name === null ? [] : [printableInFull(name)],
    facts: [printableInFull(identity), ...(isThroughDoor(record) ? ['its owner’s file opens the door'] : [])],
    status: nodeStatus(record, reach),
  }
}

function nodeStatus(record: PullRecord, reach: Reach): Station['status'] {
  switch (reach) {
    case 'unrecorded':
      return endedOnNode(record) ?? { tone: 'idle', text: 'path of the login not recorded' }
    case 'none':
      return endedOnNode(record) ?? { tone: 'idle', text: 'held no login' }
    case 'asked':
      return { tone: 'idle', text: 'held no login' }
    case 'unasked':
    case 'read':
      return { tone: 'bad', text: titleOf(record) }
    case 'parsed':
      return { tone: record.decision === 'refused' ? 'bad' : 'warn', text: 'dropped the login' }
    case 'matched':
      return { tone: record.code === null ? 'warn' : 'bad', text: 'held the login back' }
    case 'unproved':
      return { tone: 'warn', text: 'held the login in memory only' }
    case 'sent':
    case 'accepted':
    default:
      return { tone: 'good', text: 'held the login in memory only' }
  }
}

/** Null unless the pull ended before the registry was asked. */
function endedOnNode(record: PullRecord): Station['status'] | null {
  const at = endedAt(record)
  const isOnNode = record.code !== null && (at === null || at === 'secret' || at === 'match')
  return isOnNode ? { tone: 'bad', text: titleOf(record) } : null
}

function gate({ decision, code }: PullRecord, reach: Reach): Gate {
  if (reach === 'none') return { state: 'unused', tone: 'idle', title: 'no login', text: 'nothing to match' }
  if (!hasSecret(reach) || reach === 'read') {
    const text = reach === 'unrecorded' ? 'not recorded' : 'not reached'
    return { state: 'unused', tone: 'idle', title: 'server = registry ?', text }
  }
  if (reach !== 'parsed') return { state: 'open', tone: 'good', title: 'server = registry', text: 'the login may pass' }
  const title = code === 'SECRET_SERVER_MALFORMED' ? 'server is no host' : 'server ≠ registry'
  return { state: 'shut', tone: decision === 'refused' ? 'bad' : 'warn', title, text: 'the login stays here' }
}

/** Whether a connection to the registry was wanted, and was made. */
function asked(record: PullRecord): Ways['ask'] {
  const challenge = statusOf(record, 'challenge')
  if (challenge === null) return 'none'
  return challenge === 'done' ? 'made' : 'stopped'
}

type Pull = 'none' | 'went' | 'already-here' | 'registry-failed' | 'engine-failed' | 'ended'

function pullOf(record: PullRecord): Pull {
  const status = statusOf(record, 'pull')
  if (status === null || status === 'skipped') return record.decision === 'offline_proved' ? 'already-here' : 'none'
  if (status === 'done') return record.bytes > 0 ? 'went' : 'already-here'
  const area = record.code === null ? null : areaOf(record.code)
  // The node does not learn what an engine does with what its door gave it.
  return area === 'node' && !isThroughDoor(record) ? 'engine-failed' : area === 'registry' ? 'registry-failed' : 'ended'
}

function registry(record: PullRecord, reach: Reach, pull: Pull): Station {
  return {
    title: 'Registry',
    names: record.registry === '' ? [] : [printableInFull(record.registry), printableInFull(record.repository)],
    facts: record.digest === null ? [] : [shortDigest(record.digest)],
    status: registryStatus(record, reach, pull),
  }
}

function registryStatus(record: PullRecord, reach: Reach, pull: Pull): Station['status'] {
  if (asked(record) === 'none') return { tone: 'idle', text: 'not asked' }
  if (record.decision === 'offline_proved') return { tone: 'warn', text: 'did not answer' }
  const at = endedAt(record)
  if (at === 'challenge' || at === 'login' || at === 'resolve' || pull === 'registry-failed') {
    return { tone: 'bad', text: titleOf(record) }
  }
  if (reach === 'unrecorded') return { tone: 'good', text: 'let it pull' }
  return { tone: 'good', text: reach === 'accepted' ? 'let this login pull' : 'let it pull without a login' }
}

function gateway(record: PullRecord, pull: Pull): Station {
  const [title, fact] = isThroughDoor(record)
    ? ['Door', '127.0.0.1, a key on both sides']
    : ['Gateway', '127.0.0.1, for this pull only']
  return { title, names: [], facts: [fact], status: gatewayStatus(record, pull) }
}

function gatewayStatus(record: PullRecord, pull: Pull): Station['status'] {
  switch (pull) {
    case 'went':
      return { tone: 'good', text: `${formatBytes(record.bytes)}, each digest checked` }
    case 'already-here':
      return { tone: 'idle', text: 'nothing to fetch' }
    case 'none':
      return { tone: 'idle', text: notPulled[record.purpose] }
    case 'ended':
      return { tone: 'bad', text: titleOf(record) }
    case 'registry-failed':
    case 'engine-failed':
    default:
      return { tone: 'idle', text: `${formatBytes(record.bytes)} passed until then` }
  }
}

const notPulled: Record<PullPurpose, string> = {
  cluster: 'not opened',
  check: 'a check pulls nothing',
  once: 'not opened',
  door: 'asked for no layer',
  prefetch: 'not opened',
}

function engine(record: PullRecord, pull: Pull): Station {
  const how = isThroughDoor(record) ? 'pulled with no login' : 'pulled by digest, with no login'
  const facts = pull === 'went' ? [how] : []
  return { title: engineName(record), names: [], facts, status: engineStatus(record, pull) }
}

function engineStatus(record: PullRecord, pull: Pull): Station['status'] {
  if (pull === 'engine-failed') return { tone: 'bad', text: titleOf(record) }
  if (record.decision === 'offline_proved') return { tone: 'good', text: 'had it, proved within a day' }
  if (isThroughDoor(record)) return { tone: pull === 'went' ? 'good' : 'idle', text: 'got no password' }
  if (pull === 'already-here') return { tone: 'good', text: 'had this very image' }
  return { tone: pull === 'went' ? 'good' : 'idle', text: 'holds no password' }
}

function controlPlane(record: PullRecord): Station {
  const secret = orderedSecret(record)
  return {
    title: 'Control plane',
    names: secret === null ? [] : [printableInFull(secret)],
    facts: [secret === null ? 'keeps the record of this pull' : 'keeps the reference and the record'],
    status: { tone: 'good', text: 'not involved, holds no password' },
  }
}

/** The same as the drawing, for screen readers and for people who prefer text. */
export function pathInWords(path: CredentialPath): readonly { readonly where: string; readonly what: string }[] {
  const stations = [path.controlPlane, path.secretManager, path.node, path.registry, path.gateway, path.engine]
  const said = stations.map(({ title, names, facts, status }) => ({
    where: title,
    what: [...names, ...facts, status.text].join('; '),
  }))
  said.splice(3, 0, { where: 'Match', what: `${path.gate.title}; ${path.gate.text}` })
  return said
}
