/** A problem as it is sent to a client: a document of RFC 9457. */
import { z } from 'zod'
import { problems } from './problem-table.ts'

export type ProblemCode = keyof typeof problems
export const ProblemCode = z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]])

/** One faulty place in the input; the value itself is never repeated. */
export const FieldProblem = z.object({ path: z.string(), detail: z.string() })
export type FieldProblem = z.infer<typeof FieldProblem>

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
