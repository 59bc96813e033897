/** The problem that a node told of a pull, as far as it is known here: the code, and some of the facts in its sentences. Pure. */
import { type Provider } from '@fairlead/contract/names'
import { Problem, problems, type Facts, type ProblemCode, type ProblemDocument } from '@fairlead/contract/problems'
import { type Node, type PullRecord } from '@fairlead/contract/wire'

export interface PullPlace {
  readonly node: Pick<Node, 'name' | 'facts'> | null
  readonly provider: Provider | null
}

export function problemOfPull(record: PullRecord, place: PullPlace): ProblemDocument | null {
  return record.code === null ? null : problemWith(record.code, factsOf(record, place))
}

/** With the facts that are known: a sentence that names another gives way to its title. */
export function problemWith(code: ProblemCode, claimed: Facts): ProblemDocument {
  // They are a node's claims: a value without the form of such a fact does not go into our sentences, which people act on.
  const reported = new Problem(code, claimed, []).toReport()
  const document = Problem.fromReport(reported).toDocument()
  const { facts } = reported
  const { what, fix, title } = problems[code]
  return {
    ...document,
    detail: isTold(what, facts) ? document.detail : title,
    // A fact that is not recorded leaves a question mark in the sentence.
    fix: isTold(fix, facts) ? document.fix : document.fix.replaceAll(/(?<=[ `=])\?/g, '…'),
  }
}

function factsOf(
  { registry, repository, secret_reference, total_bytes }: PullRecord,
  { node, provider }: PullPlace,
): Facts {
  return {
    ...(registry !== '' && { registry }),
    ...(repository !== '' && { repository }),
    ...(secret_reference !== null && { reference: secret_reference }),
    ...(total_bytes !== null && { bytes: total_bytes }),
    ...(provider !== null && { provider }),
    ...(node !== null && { node: node.name }),
    ...(node?.facts != null && { node_platform: node.facts.platform }),
  }
}

/** Whether every fact that a sentence names is known. */
function isTold(sentence: string, facts: object): boolean {
  return [...sentence.matchAll(/\{(\w+)\}/g)].every(([, name = '']) => Object.hasOwn(facts, name))
}
