/** Every failure, its facts, and its text. */
export {
  printable,
  printableInFull,
  printableText,
  type FactName,
  type Facts,
  type FactValue,
  type LocalFacts,
} from './fact.ts'
export { irregularity, problemOf, readFault, writeFault } from './file-fault.ts'
export { areaOf, problems, whoCanAct, type ProblemArea, type ProblemRow, type Who } from './problem-table.ts'
export { FieldProblem, ProblemCode, ProblemDocument } from './problem-document.ts'
export { isProblem, Problem, problem, type FactsOf, type ProblemOf } from './problem.ts'
export { ReportedProblem, WireFacts } from './reported-problem.ts'
export { retryAfterMs } from './retry-after.ts'
export { ServedProblem } from './served-problem.ts'
export { tlsFault, tlsProblem, type TlsFault, type TlsPlace } from './tls-fault.ts'
export { tooLarge } from './too-large.ts'
