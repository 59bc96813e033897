/** Problems as they are sent: a document of RFC 9457 to a client, a code and facts to the control plane. */
import { z } from 'zod'
import { wireForms, type WireValues } from './fact.ts'
import { problems } from './problem-table.ts'

export type ProblemCode = keyof typeof problems
export const ProblemCode = z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]])

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

/** One faulty place in the input; the value itself is never repeated. */
export const FieldProblem = z.object({ path: z.string(), detail: z.string() })
export type FieldProblem = z.infer<typeof FieldProblem>

/** What a node may report about a problem: a code and facts of fixed form, no text (S6). */
export const ReportedProblem = z.strictObject({ code: ProblemCode, facts: WireFacts })
export type ReportedProblem = z.infer<typeof ReportedProblem>

/** RFC 9457, with the stable code and who can act. */
export const ProblemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: ProblemCode,
  fix: z.string(),
  who: z.enum(['you', 'node-owner', 'registry-admin', 'cloud-admin']),
  fields: z.array(FieldProblem).optional(),
  request_id: z.string().optional(),
})
export type ProblemDocument = z.infer<typeof ProblemDocument>
