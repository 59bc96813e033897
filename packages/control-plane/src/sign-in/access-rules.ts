/** Which access somebody's claims give: that of the first rule whose claims all match, or none. Pure. */
import type { AccessRule } from './settings.ts'

export type Claims = Readonly<Record<string, unknown>>

/** Null: no access. */
export function accessOf(rules: readonly AccessRule[], claims: Claims): AccessRule | null {
  return rules.find((rule) => matches(rule, claims)) ?? null
}

function matches(rule: AccessRule, claims: Claims): boolean {
  const wanted = Object.entries(rule.claims)
  return wanted.length > 0 && wanted.every(([name, values]) => has(claims, name, asList(values)))
}

/** Compared exactly, with its type: a string is not a number, and nothing is a pattern. */
function has(claims: Claims, name: string, wanted: readonly unknown[]): boolean {
  return Object.hasOwn(claims, name) && asList(claims[name]).some((value) => wanted.includes(value))
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** Without an email address that the provider says is not proved: anybody may have entered it. */
export function provedClaims(claims: Claims): Claims {
  const { email_verified: verified } = claims
  // Some providers write it as text.
  if (verified === undefined || verified === true || verified === 'true') return claims
  const { email: _unproved, ...rest } = claims
  return rest
}

/** What the ID token says counts; its `email_verified` does not prove an address that only the user info has. */
export const withUserInfo = <Told extends Claims>(told: Told, userInfo: Claims): Told => ({
  ...provedClaims(userInfo),
  ...told,
})
