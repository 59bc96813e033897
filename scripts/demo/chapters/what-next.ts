/** (f) What to do next: the addresses, and commands to try while the system is up. */
import type { Narrator } from '../narrator.ts'
import { names } from '../settings.ts'
import type { Stage } from '../stage.ts'

export function whatNext(
  stage: Stage,
  { shown, tokenFile }: { shown: Record<string, string>; tokenFile: string },
  narrator: Narrator,
  stays: boolean,
): void {
  narrator.chapter('f. What next')
  if (!stays) {
    narrator.say('Run `npm run demo` without --exit to look around in the running system.')
    return
  }
  narrator.say('The system stays up. In another terminal, in this folder:')
  narrator.line('')
  for (const [name, value] of Object.entries(shown)) narrator.output(`export ${name}=${value}`)
  for (const command of [
    `npx --no-install fairlead cluster status -n ${names.cluster}`,
    'npx --no-install fairlead pulls list',
    'npx --no-install fairlead node list',
    `npx --no-install fairlead explain image my-registry/my-image:tag --server ${stage.registry.host}`,
    `npx --no-install fairlead cluster terminate -n ${names.cluster}`,
  ]) {
    narrator.output(command)
  }
  narrator.line('')
  narrator.output(
    `web console     ${stage.serve.origin}/  (the token is in ${tokenFile}; its certificate is the demo’s own)`,
  )
  narrator.output(`registry        https://${stage.network.hostAddress}:${stage.registry.port}`)
  for (const { machine } of stage.nodes) narrator.output(`${machine.name}          ${machine.address}`)
  narrator.say('Your own image: put its login into your secret manager, and see README.md. Ctrl-C ends the demo.')
}
