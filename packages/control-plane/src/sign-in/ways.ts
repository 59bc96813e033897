/** The ways to sign in that the settings allow. An identity provider is asked when somebody signs in, never at the start. */
import type { Clock } from '../clock.ts'
import { PeopleSignIn } from './people.ts'
import { ProgramsSignIn } from './programs.ts'
import type { SignInSettings } from './settings.ts'

export interface SignInWays {
  readonly people: PeopleSignIn | null
  readonly programs: ProgramsSignIn | null
}

export function signInWays(
  { people, programs }: SignInSettings = {},
  here: { readonly origin: string; readonly clock: Clock },
): SignInWays {
  return {
    people: people === undefined ? null : new PeopleSignIn(people, here),
    programs: programs === undefined ? null : new ProgramsSignIn(programs, here),
  }
}
