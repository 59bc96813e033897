/** What runs on a machine before its container: fetching the program, and pulling the image without giving Docker the password. */
import { pinnedImage, type LaunchSubject, type ProgramSource } from './launch-subject.ts'
import { shellCommand, shellQuote } from '../../terminal/shell-quote.ts'

const place = '/usr/local/bin/fairlead'

/** Nothing for root, and `sudo` for everybody else. */
const asRoot = '$(test "$(id -u)" = 0 || echo sudo)'

/** On Debian and Ubuntu, otherwise on Amazon Linux, Fedora and Red Hat. */
const installLibatomic = `{ ${asRoot} sh -c 'apt-get update -q && apt-get install -q -y libatomic1' || ${asRoot} dnf install -q -y libatomic; }`

/**
 * Downloads the one-file program, unless it exists, and installs it only if it has the given hash; also installs the library that
 * it needs, if it does not start without it.
 */
export function installProgram({ url, sha256 }: ProgramSource): string {
  const install = [
    'draft=$(mktemp)',
    `curl --fail --silent --show-error --location --proto =https --output "$draft" ${shellQuote(url)}`,
    `echo ${shellQuote(`${sha256}  `)}"$draft" | sha256sum --check --quiet -`,
    `${asRoot} install -m 0755 "$draft" ${place}`,
    'rm -f "$draft"',
    `{ ${place} --version > /dev/null || ${installLibatomic}; }`,
  ]
  return `test -x ${place} || { ${install.join(' && ')}; }`
}

/** Only root may read a `local` provider's secret; a cloud's secret is read with the machine's own identity, whichever user runs it. */
export function pullImage({ image, secret, cloud }: LaunchSubject): string {
  const login = secret === null ? [] : [`--registry-login-secret=${secret}`]
  const pull = shellCommand('fairlead', 'pull', pinnedImage(image), ...login, `--provider=${cloud.provider}`)
  return cloud.provider === 'local' && secret !== null ? `${asRoot} ${pull}` : pull
}
