/** How people and programs sign in: the operator's file as an object. Rules are tried in order; whoever no rule lets in stays out. */
import { isLoopback, Name } from '@fairlead/contract/names'
import { Role } from '@fairlead/contract/wire'
import { z } from 'zod'

const ClaimValue = z.union([z.string().min(1).max(512), z.boolean(), z.number()])

export const AccessRule = z.strictObject({
  /** Every claim must have one of the values. Without a claim, a rule would let in everybody whom the issuer knows: at a public one, anybody. */
  claims: z
    .record(z.string().min(1).max(256), z.union([ClaimValue, z.array(ClaimValue).min(1).max(100)]))
    .refine((claims) => Object.keys(claims).length > 0, 'it must name at least one claim'),
  role: Role,
  /** By name; absent: all clouds. */
  clouds: z.array(Name).min(1).max(100).optional(),
})
export type AccessRule = z.infer<typeof AccessRule>

const access = z.array(AccessRule).min(1).max(200)

/** Whether what is sent to that address can be read on the way: never, except on this machine. */
export function isConfidentialUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

const Issuer = z
  .string()
  .max(2048)
  .refine((text) => isConfidentialUrl(text) && !/[?#\s]/.test(text), 'it must be an https URL without a query')

/** A refinement of a whole also sees an issuer that was refused. */
const canonical = (issuer: string): string => URL.parse(issuer)?.href ?? issuer

const PeopleSettings = z.strictObject({
  issuer: Issuer,
  client_id: z.string().min(1).max(512),
  /** Null: a public client, which PKCE protects. */
  client_secret: z.string().min(1).max(1024).nullable(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/))
    .max(50)
    .refine((scopes) => scopes.includes('openid'), 'it must include openid')
    .default(['openid', 'profile', 'email']),
  session_hours: z.int().min(1).max(24).default(8),
  access,
})
export type PeopleSettings = z.output<typeof PeopleSettings>

/**
 * Issuers of which anybody can have a token for any audience, with the claims that say whose it is. Not among them is what strangers can have in a
 * job of theirs: a branch, an environment, a shared workflow, or the name of somebody who only started the job.
 */
const ownerClaims: Readonly<Record<string, readonly string[]>> = {
  'https://token.actions.githubusercontent.com/': [
    'sub',
    'repository',
    'repository_id',
    'repository_owner',
    'repository_owner_id',
    'workflow_ref',
  ],
  'https://gitlab.com/': ['sub', 'project_path', 'project_id', 'namespace_path', 'namespace_id'],
  'https://accounts.google.com/': ['sub', 'email'],
  'https://agent.buildkite.com/': ['sub', 'organization_slug', 'organization_id', 'pipeline_id'],
  'https://app.terraform.io/': [
    'sub',
    'terraform_organization_name',
    'terraform_organization_id',
    'terraform_project_id',
    'terraform_workspace_id',
    'terraform_full_workspace',
  ],
}

const ProgramSettings = z
  .strictObject({
    issuer: Issuer,
    session_minutes: z.int().min(5).max(240).default(60),
    access,
  })
  .superRefine(({ issuer, access: rules }, context) => {
    const owners = ownerClaims[canonical(issuer)]
    if (owners === undefined) return
    const message = `anybody can have a token of this issuer, so it must name one of ${owners.join(', ')}`
    for (const [index, { claims }] of rules.entries()) {
      const namesOwner = owners.some((name) => Object.hasOwn(claims, name))
      if (!namesOwner) context.addIssue({ code: 'custom', path: ['access', index, 'claims'], message })
    }
  })
export type ProgramSettings = z.output<typeof ProgramSettings>

export const SignInSettings = z
  .strictObject({
    people: PeopleSettings.optional(),
    programs: z.array(ProgramSettings).min(1).max(20).optional(),
  })
  .refine(
    ({ people, programs }) => people !== undefined || programs !== undefined,
    'it must say how people or programs sign in',
  )
  .refine(({ programs = [] }) => new Set(programs.map(({ issuer }) => canonical(issuer))).size === programs.length, {
    path: ['programs'],
    message: 'each issuer must be there once',
  })
export type SignInSettings = z.output<typeof SignInSettings>
