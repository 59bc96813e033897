/** What a node reports about itself: versions, sizes, and the address where others reach it. */
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { availableParallelism, totalmem } from 'node:os'
import { bareHost } from '@fairlead/contract/names'
import { type NodeFacts } from '@fairlead/contract/wire'
import type { ControlPlaneAddress } from './control-plane-address.ts'

/** In the naming of container platforms. */
export function ownPlatform(arch: string = process.arch): string {
  const names: Record<string, string> = { x64: 'amd64', ia32: '386', arm: 'arm/v7' }
  return `linux/${names[arch] ?? arch}`
}

export interface ChangingFacts {
  readonly engineVersion: string | null
  readonly diskFreeBytes: number | null
  readonly advertiseAddress: string
}

export function nodeFacts(agentVersion: string, changing: ChangingFacts): NodeFacts {
  return {
    agent_version: agentVersion,
    engine_version: changing.engineVersion,
    platform: ownPlatform(),
    cpus: availableParallelism(),
    memory_bytes: totalmem(),
    disk_free_bytes: roughly(changing.diskFreeBytes),
    advertise_address: changing.advertiseAddress,
  }
}

/** To three digits, so that a growing log does not make each report a new one. */
const roughly = (bytes: number | null): number | null => (bytes === null ? null : Number(bytes.toPrecision(3)))

/**
 * This machine's own address on the route to the control plane. Sends nothing: a connected UDP socket knows its local end, so it works while the
 * control plane is down. Null if the name does not resolve or there is no route.
 */
export async function localAddressTowards(address: ControlPlaneAddress): Promise<string | null> {
  try {
    const host = bareHost(address.host)
    const { address: ip, family } = await lookup(host)
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    try {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      socket.once('error', reject)
      socket.connect(address.port, ip, resolve)
      await promise
      return socket.address().address
    } finally {
      socket.close()
    }
  } catch {
    return null
  }
}
