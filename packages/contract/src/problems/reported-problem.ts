/** A problem as a node reports it to the control plane: a code and facts. */
import { z } from 'zod'
import { wireForms, type WireValues } from './fact.ts'
import { ProblemCode } from './problem-document.ts'

type FactSchemas = { readonly [Name in keyof WireValues]: z.ZodType<WireValues[Name]> }

export const wireFacts = Object.fromEntries(
  Object.entries(wireForms).map(([name, form]) => [name, schemaOf(form)]),
) as FactSchemas

function schemaOf(form: (typeof wireForms)[keyof typeof wireForms]): z.ZodType {
  if (form instanceof RegExp) return z.string().regex(form)
  if (!('least' in form)) return z.enum(form)
  const number = form.isWhole ? z.int().min(form.least) : z.number().min(form.least)
  return form.most === Infinity ? number : number.max(form.most)
}

export const WireFacts = z.strictObject(wireFacts).partial()
export type WireFacts = z.infer<typeof WireFacts>

/** What a node may report about a problem: a code and facts of fixed form, no text (S6). */
export const ReportedProblem = z.strictObject({ code: ProblemCode, facts: WireFacts })
export type ReportedProblem = z.infer<typeof ReportedProblem>
