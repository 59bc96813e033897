/** The steps of an examination, in words. */
import type { DoctorStep, DoctorStepName, Findings } from '@fairlead/agent'
import { printable } from '@fairlead/contract/problems'
import type { StepWords, WordedStep } from '../../steps/step-text.ts'
import { formatBytes } from '../../terminal/units.ts'

type Words = readonly [running: string, done: (found: Findings) => string]

const words: Record<DoctorStepName, Words> = {
  policy: ["reading the node owner's policy", policyText],
  state: ['checking the state folder', () => 'only its owner can access the state folder'],
  node: ['checking what this machine has joined', (found) => `joined as ${text(found, 'name')}, ${runs(found)}`],
  control: ['asking the control plane', (found) => `${text(found, 'host')} answers`],
  clock: ['comparing clocks', clockText],
  image: ['parsing the image name', (found) => text(found, 'name')],
  identity: ['asking the cloud what this node is', identityText],
  secret: ["reading the secret with the node's own identity", () => "secret read with the node's own identity"],
  parse: ['parsing the secret', () => 'it has username, password and server'],
  match: ["comparing the secret's server with the registry", matchText],
  reach: ['connecting to the registry', () => 'the registry can be reached'],
  tls: ["checking the registry's certificate", () => 'its certificate is trusted'],
  challenge: ['asking the registry how to log in', challengeText],
  realm: ['checking the token realm', (found) => `tokens come from ${text(found, 'realm')}`],
  token: ['logging in', () => 'the login was not refused'],
  manifest: ['looking up the image', (found) => `this login may pull it, ${text(found, 'digest').slice(0, 19)}`],
  platform: ['comparing platforms', (found) => `it is for ${text(found, 'platform')}`],
  disk: ['checking disk space', diskText],
  docker: ['asking Docker', (found) => `Docker ${text(found, 'version')}, ${text(found, 'platform')}`],
  gateway: ['letting Docker connect to the agent', () => 'Docker reaches the agent on loopback'],
  doors: ['trying the doors', doorsText],
  metadata: ['asking the metadata service, as any pod can', metadataText],
}

export function wordedStep({ step, status, startedAt, durationMs, findings, skipped }: DoctorStep): WordedStep {
  const [running, done] = words[step]
  const told: StepWords = {
    running,
    done: status === 'done' ? done(findings) : running,
    skipped: skipped === 'not_reached' ? 'not reached' : 'not needed',
  }
  return { step, status, started_at: startedAt, duration_ms: durationMs, words: told }
}

const text = (found: Findings, name: string): string => printable(String(found[name] ?? '?'))

const runs = ({ running: isRunning }: Findings): string =>
  isRunning === true ? 'its agent is running' : 'no agent is running'

function policyText({ exists, settings }: Findings): string {
  if (exists !== true) return 'there is no policy file; the defaults apply'
  return `policy read; it has ${settings === 1 ? 'one setting' : `${String(settings)} settings`}`
}

function clockText(found: Findings): string {
  const offset = Number(found['offset_seconds'])
  return Math.abs(offset) <= 1 ? "the clock agrees with the control plane's" : `the clock is ${Math.abs(offset)} s off`
}

function identityText(found: Findings): string {
  if (found['provider'] === 'local') return 'none needed: its secrets are local files'
  return [text(found, 'provider'), found['account'], found['region']].filter(Boolean).join(', ')
}

function matchText(found: Findings): string {
  if (found['decision'] === 'authenticated') return `the secret is for ${text(found, 'registry')}`
  return 'it is for another registry; the policy allows continuing without it'
}

function challengeText({ login }: Findings): string {
  if (login === 'none') return 'it asks for no login'
  return login === 'basic' ? 'it asks for the login itself (Basic)' : 'it asks for a token (Bearer)'
}

function doorsText({ doors, tried }: Findings): string {
  const count = `${String(doors)} ${doors === 1 ? 'door' : 'doors'} of engines`
  return tried === doors
    ? `${count}, each engine asks the agent`
    : `files in place for ${count}; only root can try them`
}

function metadataText({ whose }: Findings): string {
  if (whose === 'node') return "it hands out the node's identity"
  return whose === 'pod' ? 'it knows this pod by an identity of its own' : 'it hands out no identity here'
}

function diskText(found: Findings): string {
  const size = found['size_bytes']
  const free = found['free_bytes']
  const room = typeof free === 'number' ? `${formatBytes(free)} free` : 'free space unknown'
  if (found['already_here'] === true) return `the image is already here, ${room}`
  return typeof size === 'number' ? `${formatBytes(size)} to pull, ${room}` : room
}
