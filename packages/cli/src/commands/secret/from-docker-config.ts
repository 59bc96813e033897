/** `fairlead secret from-docker-config`: writes a login stored by Docker as a secret document, into a pipe and never onto a screen. */
import { keepMemoryOutOfCores } from '@fairlead/credential-path/process/core-dump-filter'
import { secretFromDockerConfig } from '@fairlead/doors/docker-config/secret-document'
import { parseRegistryHost } from '@fairlead/contract/names'
import { largestConfig, readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'
import { UsageError } from '../../usage-error.ts'

const command = 'fairlead secret from-docker-config'

export default async function fromDockerConfig(
  this: CliContext,
  { server }: { readonly server: string },
  file: string,
): Promise<void> {
  if (this.stdout.isTTY) {
    throw new UsageError("this would show a password on the terminal; pipe it into the cloud's own CLI", command)
  }
  if (parseRegistryHost(server) === null)
    throw new UsageError('--server: expected HOST[:PORT], as in image names', command)
  keepMemoryOutOfCores()
  const bytes = await readInput(this, file, 4 * largestConfig)
  secretFromDockerConfig({ bytes, path: file === '-' ? 'standard input' : file, server }, (text) =>
    this.stdout.write(text),
  )
}
