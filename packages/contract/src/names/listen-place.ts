/** HOST:PORT to listen on, from a flag, and why nothing can listen there. Errors say what is wrong without repeating the text. */
import { parseHostAndPort } from './host-and-port.ts'
import { problem, type Problem } from '../problems/problem.ts'

export interface ListenPlace {
  /** A name in lower case, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** Throws USAGE. */
export function readListenPlace(text: string, flag: string): ListenPlace {
  // Port 0 asks the system for a free one; no address to connect to has it.
  const freePort = /^(.*):0$/.exec(text)
  const named = parseHostAndPort(freePort?.[1] ?? text)
  const port = freePort === null ? named?.port : 0
  if (named !== null && typeof port === 'number' && (freePort === null || named.port === null)) {
    return { host: named.host, port }
  }
  throw problem('USAGE', { reason: `${flag} wants HOST:PORT, such as 127.0.0.1:8470: ${faultOf(text)}` })
}

function faultOf(text: string): string {
  if (text.includes('/')) return 'a scheme or a path is no part of it'
  if (/^\d{1,5}$/.test(text)) return 'the host is missing; 0.0.0.0 is every address of this machine'
  if (/^[^[]*:.*:/s.test(text)) return 'write an IPv6 address in brackets, with the port after them'
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text) ?? []
  if (port === '') return 'the port is missing'
  if (!/^(?:0|[1-9]\d*)$/.test(port) || Number(port) > 65_535) return 'a port is a whole number from 0 to 65535'
  if (host === '') return 'the host is missing; 0.0.0.0 is every address of this machine'
  if (host === '*') return 'every address of this machine is 0.0.0.0, or [::]'
  return 'the host is neither a name nor an address in its usual form'
}

const reasons: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not take that port; ports below 1024 are root’s',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve now',
}

/** Maps an error of `net.Server` listening; null for other causes. `place`: HOST:PORT. */
export function listenProblem(code: string | undefined, place: string): Problem | null {
  if (code === 'EADDRINUSE') return problem('ADDRESS_IN_USE', { host: place })
  const reason = reasons[code ?? '']
  return reason === undefined ? null : problem('ADDRESS_UNUSABLE', { host: place, reason })
}
