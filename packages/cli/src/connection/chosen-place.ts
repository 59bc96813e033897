/** How a machine should reach the control plane of this command line, and which CA it trusts there. */
import { X509Certificate, createHash } from 'node:crypto'
import type { CliContext } from '../context.ts'
import type { RemoteFlags } from '../flags.ts'
import { readCaFile } from './ca-file.ts'
import { chosenLogin } from './connect.ts'

export interface ControlPlanePlace {
  readonly origin: string
  /** From the CA that this command line trusts, so that the machine trusts no other; null if the public ones apply. */
  readonly caSha256: string | null
}

export async function chosenPlace(context: CliContext, flags: RemoteFlags): Promise<ControlPlanePlace> {
  const { origin, caFile } = await chosenLogin(context, flags)
  if (caFile === null) return { origin, caSha256: null }
  const { raw } = new X509Certificate(await readCaFile(caFile))
  return { origin, caSha256: createHash('sha256').update(raw).digest('hex') }
}
