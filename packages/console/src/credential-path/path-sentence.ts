/** The decision of one pull in one or two sentences: where the credential went, where it stopped, what was not used. Pure. */
import { printableInFull, problems } from '@fairlead/contract/problems'
import { type PullRecord } from '@fairlead/contract/wire'
import { engineName, isThroughDoor } from './engine-words.ts'
import type { Reach } from './login-reach.ts'
import { statusOf } from './record-steps.ts'
import { secretWords, type SecretCloud } from './secret-words.ts'

export function pathSentence(record: PullRecord, reach: Reach, cloud: SecretCloud | null): string {
  const registry = record.registry === '' ? 'the registry' : printableInFull(record.registry)
  const secret =
    record.secret_reference === null ? 'the secret' : `the secret ${secretWords(record.secret_reference, cloud).name}`
  return record.code === null
    ? doneSentence(record, reach, secret, registry)
    : endedSentence(record, reach, secret, registry, problems[record.code].title)
}

const notRecorded = 'The agent of the node was of an older version and did not record how far the login got.'

function doneSentence(record: PullRecord, reach: Reach, secret: string, registry: string): string {
  const { decision, purpose, secret_reference } = record
  if (reach === 'unrecorded') return `${purpose === 'check' ? 'The check' : 'The pull'} was done. ${notRecorded}`
  switch (decision) {
    case 'authenticated':
      return purpose === 'check'
        ? `The login in ${secret} is for ${registry}, which lets it pull the image. This was a check: nothing was pulled.`
        : `The login in ${secret} is for ${registry}, so the node used it there and nowhere else. ${engineName(record)} pulled ${isThroughDoor(record) ? 'through its door' : 'by digest'} and got no login.`
    case 'anonymous_login_unproved':
      if (reach === 'matched') {
        return `The login in ${secret} is for ${registry}, which gives this image to everybody and asked for no login: none of it was sent.`
      }
      return `The login in ${secret} is for ${registry}, which serves this image to everybody and did not confirm the login: the username or password may be wrong.`
    case 'anonymous_no_secret':
      return `No secret is named, so ${registry} was asked without a login, and it lets everybody pull this image.`
    case 'anonymous_mismatch_allowed':
      return `The login in ${secret} is for another registry than ${registry}, and was not used. The node’s own file allows trying without a login in that case.`
    case 'offline_proved':
      return secret_reference === null
        ? `${registry} did not answer. The node started the image that it was allowed to pull within the last day.`
        : `${registry} did not answer. The node started the image that the same version of ${secret} was allowed to pull within the last day.`
    // Every record has a code in that case.
    case 'refused':
    default:
      return 'The pull was refused.'
  }
}

function endedSentence(record: PullRecord, reach: Reach, secret: string, registry: string, why: string): string {
  const wasAsked = statusOf(record, 'challenge') !== null
  switch (reach) {
    case 'unrecorded':
      return `The pull ended: ${why}. ${notRecorded}`
    case 'none':
      return wasAsked
        ? `No secret is named, so ${registry} was asked without a login. The pull ended there: ${why}.`
        : `No secret is named, and ${registry} was not asked: ${why}.`
    case 'unasked':
      return `The secret manager was not asked for the secret: ${why}.`
    case 'asked':
      return `The node did not get ${secret}: ${why}. ${capital(registry)} was not asked.`
    case 'read':
      return `The node read ${secret} and cannot use it: ${why}. Nothing was sent to ${registry}.`
    case 'parsed':
      return record.decision === 'refused'
        ? `The login in ${secret} is not for ${registry}. It was dropped, and nothing was sent.`
        : `The login in ${secret} is for another registry than ${registry}, and was not used. Asked without a login, the pull ended: ${why}.`
    case 'matched':
      return `The login in ${secret} is for ${registry}, and none of it was sent: ${why}.`
    case 'sent':
      return `The login in ${secret} is for ${registry} and was used there only. The pull ended before the login was accepted: ${why}.`
    case 'unproved':
      return `The login in ${secret} is for ${registry}, which did not confirm it. The pull ended after it: ${why}.`
    case 'accepted':
    default:
      return `The login in ${secret} is for ${registry} and was used there only. The pull ended after it: ${why}.`
  }
}

const capital = (text: string): string => (text === 'the registry' ? 'The registry' : text)
