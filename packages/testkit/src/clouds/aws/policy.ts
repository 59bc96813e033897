/** Decides as IAM does for one policy: an explicit deny wins, then an allow; everything else is denied. */
type OneOrMany = string | readonly string[]

export interface PolicyStatement {
  Sid?: string | undefined
  Effect: 'Allow' | 'Deny'
  /** Only in the policy of a secret or a key. */
  Principal?: '*' | { AWS: OneOrMany } | undefined
  Action?: OneOrMany | undefined
  NotAction?: OneOrMany | undefined
  Resource?: OneOrMany | undefined
  NotResource?: OneOrMany | undefined
  Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>> | undefined
}

export interface PolicyDocument {
  Version: '2012-10-17'
  Statement: PolicyStatement | readonly PolicyStatement[]
}

/** The question to decide: an action on a resource, and what is known about the request. */
export interface PolicyQuestion {
  readonly action: string
  readonly resource: string
  /** Values of condition keys, such as `kms:ViaService`. */
  readonly context?: Readonly<Record<string, string>>
}

export type PolicyDecision = 'allowed' | 'denied' | 'explicitly-denied'

const known = new Set(['Sid', 'Effect', 'Principal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'])

type Operator = (value: string, patterns: OneOrMany) => boolean

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: (value, patterns) => [patterns].flat().includes(value),
  StringNotEquals: (value, patterns) => ![patterns].flat().includes(value),
  StringLike: (value, patterns) => matchesAny(patterns, value, ''),
  StringNotLike: (value, patterns) => !matchesAny(patterns, value, ''),
  ArnLike: (value, patterns) => matchesAny(patterns, value, ''),
}

/** Rejects what it does not evaluate rather than misread it, as the service rejects what it does not know. */
export function checkPolicy({ Statement }: PolicyDocument): void {
  for (const statement of [Statement].flat()) {
    const unknown = [
      ...Object.keys(statement).filter((name) => !known.has(name)),
      ...Object.keys(statement.Condition ?? {}).filter((name) => !Object.hasOwn(operators, name)),
    ]
    if (unknown.length > 0) throw new Error(`The test front evaluates no ${unknown.join(', ')} in a policy`)
    if ((statement.Action === undefined) === (statement.NotAction === undefined))
      throw new Error('A statement has either Action or NotAction')
    if ((statement.Resource === undefined) === (statement.NotResource === undefined))
      throw new Error('A statement has either Resource or NotResource')
  }
}

/** In a role's policy. */
export function evaluatePolicy(policy: PolicyDocument, question: PolicyQuestion): PolicyDecision {
  return decide([policy.Statement].flat().filter((statement) => applies(statement, question)))
}

/** In the policy of a secret or a key, for a caller: its role, its account, or any principal. */
export function evaluateResourcePolicy(
  policy: PolicyDocument,
  principals: readonly string[],
  question: PolicyQuestion,
): PolicyDecision {
  const isMeant = ({ Principal }: PolicyStatement) =>
    Principal === '*' || (Principal !== undefined && [Principal.AWS].flat().some((arn) => principals.includes(arn)))
  return decide([policy.Statement].flat().filter((statement) => isMeant(statement) && applies(statement, question)))
}

function decide(applying: readonly PolicyStatement[]): PolicyDecision {
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'explicitly-denied'
  return applying.length > 0 ? 'allowed' : 'denied'
}

function applies(statement: PolicyStatement, { action, resource, context = {} }: PolicyQuestion): boolean {
  const { Action, NotAction = [], Resource, NotResource = [], Condition = {} } = statement
  // Actions are matched case-insensitively, resources are not.
  const isAction = Action === undefined ? !matchesAny(NotAction, action, 'i') : matchesAny(Action, action, 'i')
  const isResource =
    Resource === undefined ? !matchesAny(NotResource, resource, '') : matchesAny(Resource, resource, '')
  return isAction && isResource && Object.entries(Condition).every(([name, keys]) => holds(name, keys, context))
}

/** Every key must match. A key that the request lacks fails, unless the operator is negated. */
function holds(
  name: string,
  keys: Readonly<Record<string, OneOrMany>>,
  context: Readonly<Record<string, string>>,
): boolean {
  const operator = operators[name]
  if (operator === undefined) return false
  return Object.entries(keys).every(([key, patterns]) => {
    const value = Object.entries(context).find(([found]) => found.toLowerCase() === key.toLowerCase())?.[1]
    return value === undefined ? name.includes('Not') : operator(value, patterns)
  })
}

function matchesAny(patterns: OneOrMany, text: string, flags: 'i' | ''): boolean {
  return [patterns].flat().some((pattern) => wildcard(pattern, flags).test(text))
}

/** `*` matches any run of characters, including `/` and `:`; `?` matches exactly one. */
function wildcard(pattern: string, flags: string): RegExp {
  const source = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')
  return new RegExp(`^${source}$`, `s${flags}`)
}
