/** `fairlead secret document`: asks for a password and writes the secret's document, into a pipe and never onto a screen. */
import { keepMemoryOutOfCores } from '@fairlead/credential-path/process/core-dump-filter'
import { secretFromTypedLogin } from '@fairlead/doors/docker-config/typed-login'
import { parseRegistryHost } from '@fairlead/contract/names'
import type { CliContext } from '../../context.ts'
import { UsageError } from '../../usage-error.ts'

const command = 'fairlead secret document'
/** As large as a whole secret may be. */
const largestPassword = 65_536

export interface DocumentFlags {
  readonly username: string
  readonly server: string
}

export default async function document(this: CliContext, { username, server }: DocumentFlags): Promise<void> {
  if (this.stdout.isTTY) {
    throw new UsageError("this would show a password on the terminal; pipe it into the cloud's own CLI", command)
  }
  if (parseRegistryHost(server) === null)
    throw new UsageError('--server: expected HOST[:PORT], as in image names', command)
  keepMemoryOutOfCores()
  const password = this.stdin.isTTY
    ? Buffer.from(await this.stdin.askHidden(`Password or access token of ${username} at ${server} (not shown): `))
    : await this.stdin.read(largestPassword)
  secretFromTypedLogin({ username, password, server }, (text) => this.stdout.write(text))
}
