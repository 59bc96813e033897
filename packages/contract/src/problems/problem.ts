/** A problem: one row of the table with its facts. */
import { hasForm, printable, wireFactNames, type FactName, type Facts, type FactValue } from './fact.ts'
import { exactFix } from './exact-fix.ts'
import type { FieldProblem, ProblemCode, ProblemDocument } from './problem-document.ts'
import { problems, type ProblemRow, type Who } from './problem-table.ts'
import type { ReportedProblem } from './reported-problem.ts'

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** The facts that a code's sentences name; all are required. */
export type FactsOf<Code extends ProblemCode> = {
  [
    Name in (Placeholders<(typeof problems)[Code]['what']> | Placeholders<(typeof problems)[Code]['fix']>) & FactName
  ]: FactValue
}

const docsBase = 'https://fairlead.dev/problems/'

function fill(template: string, facts: Facts): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => printable(String(facts[name as FactName] ?? '?')))
}

export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly facts: Facts
  readonly fields: readonly FieldProblem[]

  constructor(code: ProblemCode, facts: Facts, fields: readonly FieldProblem[]) {
    super(fill(problems[code].what, facts))
    this.code = code
    this.facts = facts
    this.fields = fields
  }

  get row(): ProblemRow {
    return problems[this.code]
  }

  /** What happened, in one sentence. */
  get what(): string {
    return this.message
  }

  /** What to do about it, in one sentence. */
  get fix(): string {
    return exactFix(this.code, this.facts) ?? fill(this.row.fix, this.facts)
  }

  get who(): Who {
    return this.row.who
  }

  toDocument(requestId?: string): ProblemDocument {
    return {
      type: `${docsBase}${this.code}`,
      title: this.row.title,
      status: this.row.status,
      detail: this.what,
      code: this.code,
      fix: this.fix,
      who: this.who,
      ...(this.fields.length > 0 && { fields: [...this.fields] }),
      ...(requestId !== undefined && { request_id: requestId }),
    }
  }

  /** The form that may be sent to the control plane: omits facts without a fixed form. */
  toReport(): ReportedProblem {
    const names = wireFactNames.filter((name) => hasForm(name, this.facts[name]))
    const facts = Object.fromEntries(names.map((name) => [name, this.facts[name]]))
    return { code: this.code, facts }
  }

  static fromReport(report: ReportedProblem): Problem {
    return new Problem(report.code, report.facts as Facts, [])
  }
}

/** Creates a problem; the compiler requires every fact that its sentences name. */
export function problem<Code extends ProblemCode>(
  code: Code,
  ...rest: keyof FactsOf<Code> extends never
    ? [facts?: Facts, fields?: readonly FieldProblem[]]
    : [facts: FactsOf<Code> & Facts, fields?: readonly FieldProblem[]]
): Problem {
  return new Problem(code, rest[0] ?? {}, rest[1] ?? [])
}

/** A problem with a known code. */
export type ProblemOf<Code extends ProblemCode> = Problem & { readonly code: Code }

/** True for a problem (with this code). */
export function isProblem(error: unknown): error is Problem
export function isProblem<Code extends ProblemCode>(error: unknown, code: Code): error is ProblemOf<Code>
export function isProblem(error: unknown, code?: ProblemCode): boolean {
  return error instanceof Problem && (code === undefined || error.code === code)
}
