/** /sign_in: for callers without a token. What they send is checked by their identity provider, and gives a session or nothing. */
import { isProblem, printable, problem, type ProblemCode } from '@fairlead/contract/problems'
import {
  BrowserSignIn,
  CreatedApiToken,
  DeviceSignIn,
  DeviceSignInProgress,
  FinishBrowserSignIn,
  FinishDeviceSignIn,
  ProgramSignIn,
  SignInOffer,
  single,
} from '@fairlead/contract/wire'
import type { RefusedActs } from '../audit/refused-acts.ts'
import type { Clock } from '../clock.ts'
import { get, perform, type RequestFacts, type Route } from '../http/route.ts'
import type { FairTurns } from '../identity/proof/fair-turns.ts'
import type { Store } from '../store/store.ts'
import { accessOf, provedClaims } from './access-rules.ts'
import { holderName } from './holder-name.ts'
import type { IdTokenClaims } from './identity-provider.ts'
import type { PeopleSignIn } from './people.ts'
import type { ProgramsSignIn } from './programs.ts'
import { refusedEvent, startSession } from './session.ts'
import type { AccessRule } from './settings.ts'
import type { SignInWays } from './ways.ts'

export interface SignInRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly signIn: SignInWays
  readonly refusedActs: RefusedActs
  /** Strangers wait for each other here, so that few of them at a time make the identity provider work. */
  readonly signInTurns: FairTurns
}

const atProvider: readonly ProblemCode[] = [
  'SIGN_IN_NOT_OFFERED',
  'IDENTITY_PROVIDER_UNREACHABLE',
  'IDENTITY_PROVIDER_REFUSED',
  'SERVER_BUSY',
]
const ofRules: readonly ProblemCode[] = ['SIGN_IN_NOT_ALLOWED', 'SIGN_IN_CLOUD_MISSING']

/** A callback and an ID token have at most 8,192 characters, each of which JSON may write in six. */
const bodyLimit = 64 * 1024

export function signInRoutes(parts: SignInRouteParts): Route[] {
  const people = (): PeopleSignIn => {
    if (parts.signIn.people === null) throw problem('SIGN_IN_NOT_OFFERED', { reason: 'people' })
    return parts.signIn.people
  }
  const programs = (): ProgramsSignIn => {
    if (parts.signIn.programs === null) throw problem('SIGN_IN_NOT_OFFERED', { reason: 'programs' })
    return parts.signIn.programs
  }
  return [
    get(
      {
        path: '/api/v1/sign_in',
        access: 'public',
        summary: 'How people and programs may sign in here, besides with a token',
        status: 200,
        answer: single(SignInOffer),
      },
      async () => {
        const { people: offered, programs: taken } = parts.signIn
        const provider = offered === null ? null : { provider: offered.provider.host }
        return { result: { people: provider, programs: taken !== null } }
      },
    ),
    perform(
      {
        path: '/api/v1/sign_in/browser',
        access: 'public',
        summary: 'Begin to sign in with a browser: where to send it, and what its tab must keep',
        status: 200,
        answer: single(BrowserSignIn),
        problems: atProvider,
        bodyLimit,
      },
      async ({ request }) => ({ result: await inTurn(parts, request, () => people().startBrowser()) }),
    ),
    perform(
      {
        path: '/api/v1/sign_in/browser/finish',
        access: 'public',
        summary: 'Finish to sign in with a browser; only this answer contains the text of the session',
        body: FinishBrowserSignIn,
        status: 201,
        answer: single(CreatedApiToken),
        problems: [...atProvider, 'SIGN_IN_ANSWER_INVALID', 'SIGN_IN_EXPIRED', 'SIGN_IN_DENIED', ...ofRules],
        bodyLimit,
      },
      async ({ body, request }) =>
        inTurn(parts, request, async () => {
          const claims = await people().finishBrowser(body)
          return { result: await letIn(parts, request, ofPeople(people(), claims)) }
        }),
    ),
    perform(
      {
        path: '/api/v1/sign_in/device',
        access: 'public',
        summary: 'Begin to sign in on another device: the code to enter there',
        status: 200,
        answer: single(DeviceSignIn),
        problems: [...atProvider, 'SIGN_IN_DEVICE_NOT_OFFERED', 'SIGN_IN_DENIED', 'SIGN_IN_EXPIRED'],
        bodyLimit,
      },
      async ({ request }) => ({ result: await inTurn(parts, request, () => people().startDevice()) }),
    ),
    perform(
      {
        path: '/api/v1/sign_in/device/finish',
        access: 'public',
        summary: 'Ask whether the code was entered; the answer that says so contains the text of the session',
        body: FinishDeviceSignIn,
        status: 200,
        answer: single(DeviceSignInProgress),
        problems: [...atProvider, 'SIGN_IN_EXPIRED', 'SIGN_IN_DENIED', ...ofRules],
        bodyLimit,
      },
      async ({ body, request }) =>
        inTurn(parts, request, async () => {
          const progress = await people().finishDevice(body.device_code)
          if (typeof progress === 'string') return { result: { status: progress, session: null } }
          const session = await letIn(parts, request, ofPeople(people(), progress))
          return { result: { status: 'signed_in' as const, session } }
        }),
    ),
    perform(
      {
        path: '/api/v1/sign_in/program',
        access: 'public',
        summary: 'Sign in as a program, with the ID token of the platform that runs it',
        body: ProgramSignIn,
        status: 201,
        answer: single(CreatedApiToken),
        problems: [...atProvider, 'ID_TOKEN_INVALID', 'TOO_MANY_ATTEMPTS', ...ofRules],
        bodyLimit,
      },
      async ({ body, request }) =>
        inTurn(parts, request, async () => {
          const { claims, settings } = await programs().recognise(body.id_token)
          const session = await letIn(parts, request, {
            claims,
            rules: settings.access,
            lifetimeMs: settings.session_minutes * 60_000,
            named: ['repository', 'project_path', 'sub'],
            // A platform has any number of programs, and anybody may run one there.
            refusalsOf: claims.iss,
          })
          return { result: session }
        }),
    ),
  ]
}

interface Proved {
  readonly claims: IdTokenClaims
  readonly rules: readonly AccessRule[]
  readonly lifetimeMs: number
  /** The claims that people know the holder by, the best first. */
  readonly named: readonly string[]
  /** Refusals with the same key are recorded once an hour. */
  readonly refusalsOf: string
}

function ofPeople({ settings }: PeopleSignIn, claims: IdTokenClaims): Proved {
  return {
    claims,
    rules: settings.access,
    lifetimeMs: settings.session_hours * 3_600_000,
    named: ['email', 'preferred_username', 'sub'],
    refusalsOf: `${claims.iss} ${claims.sub}`,
  }
}

/** Throws SIGN_IN_NOT_ALLOWED or SIGN_IN_CLOUD_MISSING, and records it. */
async function letIn(
  { store, clock, refusedActs }: SignInRouteParts,
  request: RequestFacts,
  { claims, rules, lifetimeMs, named, refusalsOf }: Proved,
): Promise<CreatedApiToken> {
  const proved = provedClaims(claims)
  const holder = {
    name: holderName(proved, named),
    identity: { issuer: claims.iss, subject: claims.sub },
  }
  const now = clock()
  try {
    const rule = accessOf(rules, proved)
    if (rule === null) {
      throw problem('SIGN_IN_NOT_ALLOWED', { name: holder.name, host: printable(new URL(claims.iss).host) })
    }
    const session = { holder, rule, lifetimeMs, requestId: request.id, now }
    return await store.write((transaction) => startSession(transaction, session))
  } catch (error) {
    if (isProblem(error) && ofRules.includes(error.code)) {
      const event = refusedEvent(holder, { outcome: error.code, requestId: request.id, now })
      await refusedActs.noteOnce(`session.start ${refusalsOf}`, event, now)
    }
    throw error
  }
}

/** Throws SERVER_BUSY. */
async function inTurn<Result>(
  { signInTurns }: SignInRouteParts,
  { address, signal }: RequestFacts,
  work: () => Promise<Result>,
): Promise<Result> {
  using turn = await signInTurns.take(address, signal)
  if (turn === null) throw problem('SERVER_BUSY')
  return await work()
}
