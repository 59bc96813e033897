/** Decides as IAM does for one identity's policy: an explicit deny wins, then an allow; all else is denied. */
type OneOrMany = string | readonly string[]

export interface PolicyStatement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Action: OneOrMany
  Resource: OneOrMany
}

export interface PolicyDocument {
  Version: '2012-10-17'
  Statement: PolicyStatement | readonly PolicyStatement[]
}

export type PolicyDecision = 'allowed' | 'denied' | 'explicitly-denied'

const known = new Set(['Sid', 'Effect', 'Action', 'Resource'])

/** Conditions and the negated elements are not evaluated: a policy that has them is refused rather than read wrongly. */
export function checkPolicy({ Statement }: PolicyDocument): void {
  for (const statement of [Statement].flat()) {
    const unknown = Object.keys(statement).filter((name) => !known.has(name))
    if (unknown.length > 0) throw new Error(`The test front evaluates no ${unknown.join(', ')} in a policy`)
  }
}

export function evaluatePolicy({ Statement }: PolicyDocument, action: string, resource: string): PolicyDecision {
  const applying = [Statement].flat().filter(
    (statement) =>
      // Actions are compared without regard to case, resources with it.
      matchesAny(statement.Action, action, 'i') && matchesAny(statement.Resource, resource, ''),
  )
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'explicitly-denied'
  return applying.length > 0 ? 'allowed' : 'denied'
}

function matchesAny(patterns: OneOrMany, text: string, flags: 'i' | ''): boolean {
  return [patterns].flat().some((pattern) => wildcard(pattern, flags).test(text))
}

/** `*` is any run of characters, `/` and `:` included; `?` is exactly one. */
function wildcard(pattern: string, flags: string): RegExp {
  const source = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')
  return new RegExp(`^${source}$`, `s${flags}`)
}
