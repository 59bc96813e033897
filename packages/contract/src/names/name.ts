/** Names that people give to things: never rewritten, and unique if they identify one thing. */
import { z } from 'zod'
import { digestForm, platformForm, versionForm } from './form.ts'
import { holdsToken } from './looks-like-secret.ts'

export const Name = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, 'expected 1 to 128 of A-Z a-z 0-9 . _ -')
/** A name chosen now; existing things keep their names. */
export const ChosenName = Name.refine((name) => !holdsToken(name), 'it looks like a token; revoke it if it is one')
/** The name of who calls: of a token, which was chosen, or of who signed in, such as an email address or a repository. */
export const HolderName = z
  .string()
  .regex(/^[A-Za-z0-9._@+/:-]{1,128}$/, 'expected 1 to 128 of A-Z a-z 0-9 . _ @ + / : -')
/** A cluster environment by its name: its newest build, or that of a revision. */
export const BuildName = z.string().regex(/^[A-Za-z0-9._-]{1,128}(:[1-9]\d{0,8})?$/, 'expected name or name:revision')
export const Timestamp = z.iso.datetime()
export const Digest = z.string().regex(digestForm, 'expected sha256: and 64 hex digits')
export const Platform = z.string().regex(platformForm)
export const Version = z.string().regex(versionForm)
