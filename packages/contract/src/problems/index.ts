/** Every failure, its facts, and its text. */
export { printable, WireFacts, type FactName, type FactValue, type LocalFacts } from './fact.ts'
export { readFault, writeFault } from './file-fault.ts'
export { areaOf, problems, whoCanAct, type ProblemArea, type ProblemRow, type Who } from './problem-table.ts'
export {
  FieldProblem,
  isProblem,
  Problem,
  problem,
  ProblemCode,
  ProblemDocument,
  ReportedProblem,
  type Facts,
  type FactsOf,
  type ProblemOf,
} from './problem.ts'
export { retryAfterMs } from './retry-after.ts'
export { readServedProblem, ServedProblem } from './served-problem.ts'
export { tlsFault, tlsProblem, type TlsFault, type TlsPlace } from './tls-fault.ts'
export { tooLarge } from './too-large.ts'
