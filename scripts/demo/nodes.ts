/** Two machines become nodes: the owner's policy file, joining with a token, the agent. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, fairleadProgram, type Machine, type Service, type TestEngine } from '@fairlead/testkit'
import type { Fairlead } from './fairlead.ts'
import type { Narrator } from './narrator.ts'
import { names } from './settings.ts'
import type { Stage } from './stage.ts'

export interface DemoNode {
  machine: Machine
  engine: TestEngine
  agent: Service
}

export async function joinNodes(stage: Stage, fairlead: Fairlead, narrator: Narrator): Promise<DemoNode[]> {
  const nodes: DemoNode[] = []
  for (const { machine, engine } of stage.nodes) {
    await writePolicy(stage, machine)
    const { token } = await fairlead.ask<{ token: string }>('node', 'join-token', '--cloud-name', names.cloud)
    const host = stage.serve.origin
    const join = ['agent', 'join', '--host', host, '--name', machine.name, '--provider', 'aws']
    narrator.command(machine.name, `fairlead ${join.join(' ')}   # the token goes in on standard input`)
    // Without the viewer's shell environment: an agent rejects authorities from its environment, and a company's CA is often set there.
    const env = { ...stage.secrets.env, NO_COLOR: '1' }
    narrator.output(await machine.mustExec(process.execPath, [fairleadProgram, ...join], { input: `${token}\n`, env }))
    narrator.command(machine.name, 'fairlead agent run &')
    nodes.push({ machine, engine, agent: machine.spawn(process.execPath, [fairleadProgram, 'agent', 'run'], { env }) })
  }
  await eventually(
    async () => {
      const { results } = await fairlead.ask<{ results: { state: string; facts: unknown }[] }>('node', 'list')
      const ready = results.filter((node) => node.state === 'online' && node.facts !== null)
      return ready.length === nodes.length ? true : undefined
    },
    {
      what: 'both nodes are online',
      timeoutMs: 120_000,
      evidence: () => nodes.map((node) => node.agent.tail()).join('\n'),
    },
  )
  return nodes
}

/** The node owner's own file, which no control plane can change: which secret serves which registry, and whose CA is trusted. */
async function writePolicy(stage: Stage, machine: Machine): Promise<void> {
  await writeFile(join(machine.etcDir, 'ca.pem'), stage.ca.caPem, { mode: 0o644 })
  const { host } = stage.registry
  await writeFile(
    join(machine.etcDir, 'policy.yaml'),
    `registry_ca:
  "${host}": /etc/fairlead/ca.pem
secret_manager_ca: /etc/fairlead/ca.pem
allowed_secrets:
  - reference: demo/
    registries: ["${host}"]
containers:
  shm_size: 16g
`,
    { mode: 0o644 },
  )
}

/** What a person would look at if a cluster did not start. */
export async function showLogs(nodes: readonly DemoNode[], narrator: Narrator): Promise<void> {
  for (const { machine, agent } of nodes) {
    narrator.command(machine.name, 'fairlead agent logs')
    const logs = await machine.exec(process.execPath, [fairleadProgram, 'agent', 'logs'], { env: { NO_COLOR: '1' } })
    narrator.output(`${logs.stdout}${logs.stderr}`)
    narrator.command(machine.name, 'journalctl --unit fairlead-agent --lines 15   # what `fairlead agent run` printed')
    narrator.output(agent.tail(15))
    const containers = (await machine.mustExec('docker', ['ps', '-a', '--format', '{{.Names}}'])).split('\n')
    for (const container of containers.filter(Boolean)) {
      narrator.command(machine.name, `docker logs --tail 15 ${container}`)
      const { stdout, stderr } = await machine.exec('docker', ['logs', '--tail', '15', container])
      narrator.output(`${stdout}${stderr}`)
    }
  }
}
