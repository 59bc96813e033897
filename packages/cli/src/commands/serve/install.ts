/** `fairlead serve install`: makes this machine's systemd run a control plane; run again, it installs a newer version. */
import { readCertificate } from '@fairlead/control-plane'
import { parseHttpOrigin, readListenPlace } from '@fairlead/contract/names'
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { readPrivateText } from '../../config-file/read-private-text.ts'
import type { CliContext } from '../../context.ts'
import { carryOut } from '../../machine-steps/carry-out.ts'
import { chosenExecutable, installPlace } from '../../machine-steps/install-place.ts'
import { sentenceOf } from '../../machine-steps/machine-step.ts'
import type { InstallFlags } from '../../machine-steps/place-flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { warn } from '../../terminal/warn.ts'
import { UsageError } from '../../usage-error.ts'
import { installServerSteps, type ServerFiles } from './server-steps.ts'
import { readSignInFile } from './sign-in-file.ts'
import { serverPaths, serverSettingsText, standardSettings, type ServerSettings } from './server-unit.ts'

export interface ServeInstallFlags extends InstallFlags {
  readonly listen?: string
  readonly origin?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly signIn?: string
  readonly databaseFile?: string
}

export default async function install(this: CliContext, flags: ServeInstallFlags): Promise<void> {
  const place = installPlace(this, flags, 'fairlead serve')
  const executable = chosenExecutable(this, flags)
  const certificate = chosenCertificate(this, flags)
  const signIn = await chosenSignIn(this, flags)
  const has = { hasCertificate: certificate !== null, hasSignIn: signIn !== null }
  const settings = await chosenSettings(this, flags, has)
  const keepsSettings = existsSync(join(place.root, serverPaths.settings))
  const steps = installServerSteps(place, {
    executable,
    certificate,
    signIn,
    settings: serverSettingsText({ ...standardSettings, ...settings }),
  })
  await carryOut(this, flags, place.root, steps)
  if (keepsSettings && Object.keys(settings).length > 0) {
    const kept = serverPaths.settings
    warn(this, `${kept} exists and stays as it is; edit it, then systemctl restart fairlead-server`)
  }
  if (flags.json) return printJson(this, { dry_run: flags.dryRun ?? false, steps: steps.map(sentenceOf) })
  if (flags.dryRun || place.root !== '') return
  const dim = (text: string) => paintFor(this.stdout, this.env).dim(text)
  this.stdout.write(
    `${dim('next:')}  journalctl --unit fairlead-server, which shows its address and where the admin token is\n`,
  )
}

/** Throws what `readCertificate` throws. */
function chosenCertificate(context: CliContext, flags: ServeInstallFlags): ServerFiles['certificate'] {
  const { tlsCert, tlsKey, root } = flags
  if (tlsCert === undefined && tlsKey === undefined) return null
  if (tlsCert === undefined || tlsKey === undefined) throw usage('--tls-cert and --tls-key come together')
  if (root !== undefined) throw usage('a machine image holds no key; install the certificate on the machine')
  const [cert, key] = [resolve(context.cwd, tlsCert), resolve(context.cwd, tlsKey)]
  readCertificate({ certFile: cert, keyFile: key })
  return { cert, key }
}

/** Throws what `readSignInFile` throws. */
async function chosenSignIn(context: CliContext, { signIn, root }: ServeInstallFlags): Promise<ServerFiles['signIn']> {
  if (signIn === undefined) return null
  const { path, secretBeside } = await readSignInFile(context, signIn)
  if (root !== undefined && secretBeside !== null) {
    throw usage('a machine image holds no secret; name the client secret by a path on the machine')
  }
  if (secretBeside !== null && basename(secretBeside) !== secretBeside) {
    throw usage('client_secret_file must be an absolute path, or a name in the folder of the sign-in file')
  }
  return { file: path, secretBeside }
}

/** Only what was asked for. */
async function chosenSettings(
  context: CliContext,
  flags: ServeInstallFlags,
  { hasCertificate, hasSignIn }: { readonly hasCertificate: boolean; readonly hasSignIn: boolean },
): Promise<Partial<ServerSettings>> {
  const { listen, origin, databaseFile, root } = flags
  if (listen !== undefined) readListenPlace(listen, '--listen')
  if (origin !== undefined && parseHttpOrigin(origin) === null) {
    throw usage('--origin wants http(s)://HOST[:PORT], and a port is 1 to 65535')
  }
  if (databaseFile !== undefined && root !== undefined) {
    throw usage('a machine image holds no password; name the database on the machine')
  }
  return {
    ...(listen !== undefined && { listen }),
    ...(origin !== undefined && { origin }),
    ...(hasCertificate && { hasCertificate }),
    ...(hasSignIn && { hasSignIn }),
    ...(databaseFile !== undefined && { database: await readDatabase(context, databaseFile) }),
  }
}

/** From a file, never from the command line, where every user of the machine could read its password. */
async function readDatabase(context: CliContext, file: string): Promise<string> {
  const url = await readPrivateText(context, file)
  if (!/^postgres(?:ql)?:\/\/[\x21-\x7e]+$/.test(url)) {
    throw usage('--database-file wants a file with one line, postgres://USER:PASSWORD@HOST/DATABASE')
  }
  return url
}

const usage = (reason: string): UsageError => new UsageError(reason, 'fairlead serve install')
