/**
 * A Debian package of the one file, its names, and a systemd unit for an agent and one for a control plane. `dpkg-deb` makes it for every
 * architecture.
 */
import { copyFile, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { linkedPrograms } from '../../packages/cli/src/commands/agent/install-steps.ts'
import { policyTemplate, unitName, unitText } from '../../packages/cli/src/commands/agent/install-unit.ts'
import {
  serverPaths,
  serverSettingsText,
  serverUnitName,
  serverUnitText,
  serverUserText,
  standardSettings,
} from '../../packages/cli/src/commands/serve/server-unit.ts'
import type { Architecture } from '../building/node-binary.ts'
import { inRepository } from '../building/programs.ts'
import { timeOfSources } from '../building/sources.ts'
import { runProgram } from '../setup/run-program.mjs'
import { madeExecutable } from './executables.ts'
import { itself, nodePart, programParts, type Part } from './parts.ts'
import { debianNames, type Release } from './release.ts'
import { licensesFile, thirdPartyLicenses } from './third-party-licenses.ts'

const program = '/usr/bin/fairlead'
const maintainerScripts = ['postinst', 'prerm', 'postrm']

export async function makeDebianPackages(release: Release): Promise<readonly Part[]> {
  for (const architecture of release.architectures) await makePackage(release, architecture)
  return [...(await programParts()), await nodePart()]
}

async function makePackage(release: Release, architecture: Architecture): Promise<void> {
  await using temporary = await mkdtempDisposable(join(release.folder, '.deb-'))
  const work = temporary.path
  const put = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(work, path)), { recursive: true, mode: 0o755 })
    await writeFile(join(work, path), content, { mode })
  }
  await put('DEBIAN/control', controlFile(debianNames[architecture]))
  for (const name of maintainerScripts) {
    await copyFile(inRepository(`scripts/release/debian/${name}`), join(work, 'DEBIAN', name))
  }
  await mkdir(join(work, 'usr/bin'), { recursive: true })
  await copyFile(await madeExecutable(release, architecture), join(work, program))
  for (const name of linkedPrograms) await symlink('fairlead', join(work, dirname(program), name))
  await put(`usr/lib/systemd/system/${unitName}`, unitText(program))
  await put(`usr/lib/systemd/system/${serverUnitName}`, serverUnitText(program))
  await put(`usr/lib/sysusers.d/${basename(serverPaths.users)}`, serverUserText)
  await put('usr/share/fairlead/policy.yaml', policyTemplate)
  await put('usr/share/fairlead/server.env', serverSettingsText(standardSettings))
  await put('usr/share/doc/fairlead/copyright', copyright)
  await put(`usr/share/doc/fairlead/${licensesFile}`, await thirdPartyLicenses())
  await runProgram('chmod', ['-R', 'u=rwX,go=rX', work])
  const file = `fairlead_${debianVersion}_${debianNames[architecture]}.deb`
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(timeOfSources()) }
  const reproducibly = ['--root-owner-group', '-Zzstd', '-z10']
  await runProgram('dpkg-deb', [...reproducibly, '--build', work, join(release.folder, file)], { env })
}

/** Debian sorts a candidate before its release only with a tilde. */
const debianVersion = itself.version.replace('-', '~')

const controlFile = (architecture: string): string => `Package: fairlead
Version: ${debianVersion}
Architecture: ${architecture}
Maintainer: The Fairlead maintainers <maintainers@fairlead.invalid>
Section: admin
Priority: optional
Depends: libatomic1, libc6 (>= 2.28), libgcc-s1, libstdc++6, systemd
Recommends: ca-certificates, iptables
Suggests: docker.io | docker-ce | containerd | podman
Description: Ray clusters and image pulls from private registries
 A node reads a registry's login with its own cloud identity, binds it to
 that registry, and pulls; no engine and no control plane gets the password.
 .
 The package starts nothing. On a node: systemctl enable --now fairlead-agent;
 on the machine of the control plane: systemctl enable --now fairlead-server.
`

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: fairlead

Files: *
Copyright: The Fairlead maintainers
License: Apache-2.0
 On Debian systems, the text is in /usr/share/common-licenses/Apache-2.0. The
 program contains Node.js and other works: see ${licensesFile}.
`
