/** (e) The proof: where the password is and where it is not, found by reading memory and files byte by byte. */
import { dirname, join } from 'node:path'
import { scanFiles, scanMemory, secretForms, type SecretForm } from '@fairlead/testkit'
import type { DemoNode } from '../nodes.ts'
import type { Narrator } from '../narrator.ts'
import { names } from '../settings.ts'
import type { Played } from './with-fairlead.ts'

interface Place {
  name: string
  /** Whether the password belongs there. */
  expected: boolean
  search: (forms: readonly SecretForm[]) => Promise<{ found: string[]; read: string }>
}

export async function theProof({ stage, fairlead, narrator }: Played, nodes: readonly DemoNode[]): Promise<void> {
  narrator.chapter('e. The proof')
  const forms = secretForms(stage.login.password)
  narrator.say(
    `The password of this run is random. The search covers memory (/proc/PID/mem) and files, in ${forms.length} forms: unchanged, JSON-escaped, URL-encoded, in hex, in base64 at each offset, each also in UTF-16. It starts where the password must be, or it would prove nothing:`,
  )
  await fairlead.ask('cluster-env', 'verify', names.environment)
  for (const place of [...whereItBelongs(stage, nodes), ...whereItMustNotBe(stage, nodes)]) {
    await look(place, forms, narrator)
  }
}

async function look(place: Place, forms: readonly SecretForm[], narrator: Narrator): Promise<void> {
  const { found, read } = await place.search(forms)
  const verdict = found.length > 0 ? `found: ${found[0] ?? ''}` : 'not found'
  const holds = found.length > 0 === place.expected
  narrator.row(holds, `${place.name.padEnd(44)} ${read.padStart(14)}   ${verdict}`)
}

function whereItBelongs({ secrets, laptop }: Played['stage'], nodes: readonly DemoNode[]): Place[] {
  return [
    memory('secret manager, memory', secrets.moto.pid, true),
    ...nodes.slice(0, 1).map(({ agent, machine }) => memory(`agent of ${machine.name}, memory`, agent.pid, true)),
    files("laptop's home, after docker login", laptop.homeDir, true),
  ]
}

function whereItMustNotBe({ serve }: Played['stage'], nodes: readonly DemoNode[]): Place[] {
  return [
    memory('control plane, memory', serve.pid, false),
    files('control plane, database and its journal', serve.dir, false),
    files('control plane, log', dirname(serve.logFile), false),
    ...nodes.flatMap(({ machine, engine }) => [
      memory(`Docker Engine of ${machine.name}, memory`, engine.pid, false),
      files(`agent of ${machine.name}, state on disk`, machine.stateDir, false),
      files(`Docker settings of ${machine.name}`, machine.dockerEtcDir, false),
    ]),
    ...nodes
      .slice(0, 1)
      .flatMap(({ machine }) => [
        files(`podman on ${machine.name}, images`, join(machine.dir, 'podman'), false),
        files(`podman on ${machine.name}, settings`, `/proc/${machine.holderPid}/root/etc/containers`, false),
        files(`home folder on ${machine.name}`, machine.homeDir, false),
      ]),
  ]
}

function memory(name: string, pid: number, expected: boolean): Place {
  return {
    name,
    expected,
    async search(forms) {
      const { findings, bytesRead } = await scanMemory(pid, forms)
      return { found: findings.map((finding) => finding.form), read: `${megabytes(bytesRead)} read` }
    },
  }
}

function files(name: string, folder: string, expected: boolean): Place {
  return {
    name,
    expected,
    async search(forms) {
      const { findings, filesRead } = await scanFiles(folder, forms)
      return { found: findings.map((finding) => finding.form), read: `${filesRead} files read` }
    },
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`
}
