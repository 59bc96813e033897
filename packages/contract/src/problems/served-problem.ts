/** A problem as the control plane sent it. Keeps the server's sentences, since it knew facts that a rebuilt sentence would lack. */
import type { ProblemDocument } from './problem-document.ts'
import type { Who } from './problem-table.ts'
import { Problem } from './problem.ts'

export class ServedProblem extends Problem {
  readonly document: ProblemDocument

  constructor(document: ProblemDocument) {
    super(document.code, {}, document.fields ?? [])
    this.message = document.detail
    this.document = document
  }

  get requestId(): string | undefined {
    return this.document.request_id
  }

  override get fix(): string {
    return this.document.fix
  }

  override get who(): Who {
    return this.document.who
  }

  override toDocument(): ProblemDocument {
    return this.document
  }
}
