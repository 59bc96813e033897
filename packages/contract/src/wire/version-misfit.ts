/**
 * Every request of an agent and every answer to it say which Fairlead sent it. When one side does not understand the other, different versions
 * are the reason to give, and the older side is the one to upgrade. No pair that works is refused for its versions. Pure.
 */
import { problem, type Problem } from '../problems/problem.ts'

export const versionHeader = 'fairlead-version'

interface Pair {
  readonly agent: string | null
  readonly controlPlane: string | null
}

/** AGENT_TOO_OLD or AGENT_TOO_NEW; null if the versions explain nothing: they are equal, or one of them is not known. */
export function versionMisfit({ agent, controlPlane }: Pair): Problem | null {
  const [own, other] = [numbersOf(agent), numbersOf(controlPlane)]
  if (agent === null || controlPlane === null || own === null || other === null) return null
  const order = compare(own, other)
  if (order === 0) return null
  return problem(order < 0 ? 'AGENT_TOO_OLD' : 'AGENT_TOO_NEW', { version: agent, expected_version: controlPlane })
}

type Numbers = readonly [major: number, minor: number, patch: number]

/** A pre-release counts as its release. */
function numbersOf(version: string | null): Numbers | null {
  const [, major, minor, patch] =
    /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:[-+][A-Za-z0-9.+_-]{1,40})?$/.exec(version ?? '') ?? []
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)]
}

function compare(one: Numbers, other: Numbers): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2]
}
