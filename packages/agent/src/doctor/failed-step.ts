/** Which step a problem belongs to when one piece of code covers several. Pure. */
import type { ProblemCode } from '@fairlead/contract/problems'
import type { DoctorStepName } from './doctor-report.ts'

const homes: Partial<Record<ProblemCode, DoctorStepName>> = {
  SECRET_TOO_LARGE: 'parse',
  SECRET_NOT_JSON: 'parse',
  SECRET_FIELD_MISSING: 'parse',
  SECRET_FIELD_INVALID: 'parse',
  SECRET_SERVER_MALFORMED: 'match',
  CREDENTIAL_SERVER_MISMATCH: 'match',
  CHALLENGE_MALFORMED: 'challenge',
  CHALLENGE_UNSUPPORTED: 'challenge',
  TOKEN_REALM_NOT_TRUSTED: 'realm',
  TOKEN_REALM_UNREACHABLE: 'token',
  TOKEN_REALM_FAILED: 'token',
  TOKEN_ANSWER_INVALID: 'token',
  REGISTRY_LOGIN_REJECTED: 'token',
  IMAGE_LAYER_ELSEWHERE: 'platform',
  IMAGE_UNSUPPORTED: 'platform',
  IMAGE_PLATFORM_MISMATCH: 'platform',
  ENGINE_CANNOT_UNPACK: 'platform',
  IMAGE_TOO_LARGE: 'disk',
}

export function failedStep(code: ProblemCode, running: DoctorStepName): DoctorStepName {
  // Behind a proxy it is impossible to see where the connection ends and TLS begins.
  if (code.startsWith('REGISTRY_TLS') && running === 'reach') return 'tls'
  return homes[code] ?? running
}
