/** Maps Docker's messages to problems. Only what Docker alone can know is distinguished: behind the gateway it talks to no registry. */
import { Problem, printable, problem, type ProblemCode } from '@fairlead/contract/problems'

interface Rule {
  readonly code: Extract<
    ProblemCode,
    'NODE_DISK_FULL' | 'IMAGE_CORRUPT' | 'IMAGE_PLATFORM_MISMATCH' | 'IMAGE_UNSUPPORTED'
  >
  readonly message: RegExp
}

// Seen on Docker 20.10 (graphdriver store) and 29 (containerd store); engines word the same error differently, so the tails match loosely.
const rules: readonly Rule[] = [
  { code: 'NODE_DISK_FULL', message: /no space left on device|disk quota exceeded/i },
  { code: 'IMAGE_PLATFORM_MISMATCH', message: /^no matching manifest for |no match for platform in manifest/ },
  { code: 'IMAGE_PLATFORM_MISMATCH', message: /^image operating system ".{1,40}" cannot be used on this platform/ },
  { code: 'IMAGE_CORRUPT', message: /^(?:manifest|filesystem layer|image config) verification failed for digest / },
  { code: 'IMAGE_CORRUPT', message: /^layers from manifest don't match image configuration/ },
  { code: 'IMAGE_CORRUPT', message: /unexpected commit digest |wrong diff id (?:".{1,80}" )?calculated on extraction/ },
  { code: 'IMAGE_CORRUPT', message: /number of layers and diffIDs don't match/ },
  {
    code: 'IMAGE_CORRUPT',
    message: /^failed to register layer: .*(?:unexpected EOF|gzip: invalid|archive\/tar: invalid)/i,
  },
  { code: 'IMAGE_UNSUPPORTED', message: /^unsupported media type |^missing signature key/ },
  { code: 'IMAGE_UNSUPPORTED', message: /media type "?.{1,120}"? (?:is )?(?:no longer supported|not supported)/ },
]

export interface EngineFailure {
  /** Docker's own message; truncated and escaped before it becomes a local fact. */
  readonly message: string
  /** The HTTP status; for an error inside a 200 stream, 500. */
  readonly status: number
  /** The engine's platform. */
  readonly platform: string
  /** The pulled image as the engine knows it; the caller, which knows the image's real name, substitutes that. */
  readonly registry: string
  readonly repository: string
}

/** The problem of a failed pull. Docker's message stays on the node, as the fact `reason`. */
export function pullProblem(failure: EngineFailure): Problem {
  const rule = rules.find(({ message }) => message.test(failure.message))
  return new Problem(
    rule?.code ?? 'ENGINE_FAILED',
    {
      registry: failure.registry,
      repository: failure.repository,
      node_platform: failure.platform,
      http_status: failure.status,
      reason: printable(failure.message),
    },
    [],
  )
}

/** The problem of any other call the engine refused. */
export function callProblem(message: string, status: number): Problem {
  const reason = printable(message)
  if (rules.find(({ code }) => code === 'NODE_DISK_FULL')?.message.test(message)) {
    return problem('NODE_DISK_FULL', { reason })
  }
  return problem('ENGINE_FAILED', { http_status: status, reason })
}
