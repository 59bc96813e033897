/** Sign-in by code (RFC 8628): the user opens an address in any browser and enters a code there, and this command waits. */
import type { CreatedApiToken, DeviceSignIn } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { printableText } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import { paintFor, type Paint } from '../../terminal/paint.ts'

export async function signInByDevice(context: CliContext, client: FairleadClient): Promise<CreatedApiToken> {
  const { signal, stderr, env } = context
  const device = await client.signIn.startDevice({ signal })
  stderr.write(instructions(device, paintFor(stderr, env)))
  return client.signIn.awaitDevice(device, { signal })
}

function instructions(device: DeviceSignIn, paint: Paint): string {
  const { user_code: code, verification_uri: address, verification_uri_complete: whole, expires_in: seconds } = device
  const lines = [
    'To sign in, open this address in a browser, on any device:',
    '',
    `  ${paint.cyan(printableText(address))}`,
    '',
    `and enter the code  ${paint.bold(printableText(code))}`,
    ...(whole === null
      ? []
      : ['', `Or open ${paint.cyan(printableText(whole))}`, 'and compare the code there with this one.']),
    '',
    `Waiting for you, for ${Math.ceil(seconds / 60)} min; Ctrl-C ends this.`,
    '',
  ]
  return lines.map((line) => `${line}\n`).join('')
}
