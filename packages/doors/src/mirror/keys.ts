/**
 * The keys of the mirror: its own CA, whose key is never written, a certificate for the mirror on 127.0.0.1, and one for each engine. So the
 * engine can tell the mirror from an impostor, and the mirror can tell which engine asks. All of them are for root alone.
 *
 * An engine reads its keys when a pull begins. So that renewal cuts no pull, the next CA is trusted for a day before any of its keys is used:
 * `ca.crt` then names both, and the keys wait in the folder `next` (ADR 55).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmod, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DoorEngine } from '@fairlead/contract/wire'
import { writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'
import { makeFolder } from '@fairlead/credential-path/process/make-folder'
import { keyFolder } from '../engines/mirror-place.ts'
import type { KeyFile, KeySet } from './new-key-set.ts'

export interface MirrorIdentity {
  /** Whose certificates engines are known by: the CA of the mirror's own certificate, and the one before or after it. */
  readonly ca: string
  readonly certificate: string
  readonly key: string
  /** In milliseconds since 1970, as is the next. A clock that was ahead may have made them. */
  readonly validFrom: number
  /** When `openMirrorKeys` has something to do again. */
  readonly renewAt: number
}

const dayMs = 24 * 3600 * 1000
const lifeMs = 90 * dayMs
const clockSkewMs = 3600 * 1000
/** Longer than any pull. */
const noticeMs = dayMs

const authorityFile = 'ca.crt'
const holders = ['server', ...DoorEngine.options]

/**
 * Reads the keys, and makes new ones if they are missing, belong to different sets or are not valid. From two thirds of their life on, makes
 * the next ones known, and a day later puts them in place.
 */
export async function openMirrorKeys(stateDir: string, now: number): Promise<MirrorIdentity> {
  const folder = keyFolder(stateDir)
  const found = await readKeys(folder)
  if (found === null || now < found.validFrom || now >= found.usableUntil) await makeKeys(folder, now)
  else if (now < found.renewAt) return found
  else if (found.hasNext) await useNext(folder)
  else await announceNext(folder, found.authority, now)
  const made = await readKeys(folder)
  if (made === null) throw new Error('the keys of the mirror cannot be read back')
  return made
}

interface FoundKeys extends MirrorIdentity {
  /** The CA of the mirror's certificate. */
  readonly authority: string
  readonly hasNext: boolean
  readonly usableUntil: number
}

/** Null if they are no whole set. */
async function readKeys(folder: string): Promise<FoundKeys | null> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  try {
    const ca = await read(authorityFile)
    const certificates = await Promise.all(holders.map((holder) => read(`${holder}.crt`)))
    const keys = await Promise.all(holders.map((holder) => read(`${holder}.key`)))
    // Throws for anything but a key. One may be of the next set already, if `useNext` was stopped before its certificate followed.
    for (const key of keys) createPrivateKey(key)
    const authorities = (ca.match(pem) ?? []).map((text) => ({ text, certificate: new X509Certificate(text) }))
    const issuers = certificates.map((text) => {
      const issued = new X509Certificate(text)
      return authorities.find(({ certificate }) => issued.verify(certificate.publicKey))
    })
    const [own] = issuers
    const last = authorities.at(-1)
    if (own === undefined || last === undefined || issuers.includes(undefined)) return null
    const announced = await read(join(nextFolder, authorityFile)).catch(() => '')
    const hasNext = announced === last.text
    const validTo = Date.parse(own.certificate.validTo)
    const validFrom = Date.parse(last.certificate.validFrom)
    return {
      ca,
      certificate: certificates[0] ?? '',
      key: keys[0] ?? '',
      validFrom,
      renewAt: hasNext ? validFrom + clockSkewMs + noticeMs : validTo - lifeMs / 3,
      authority: own.text,
      hasNext,
      usableUntil: hasNext ? validTo : validTo - noticeMs,
    }
  } catch {
    return null
  }
}

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g
const nextFolder = 'next'

async function makeKeys(folder: string, now: number): Promise<void> {
  const { authority, files } = await keySetFrom(now)
  await rm(join(folder, nextFolder), { recursive: true, force: true })
  await writeInto(folder, files)
  // Last: a set that is not whole does not verify, and is made again.
  await writeFileAtomically(join(folder, authorityFile), authority)
}

async function announceNext(folder: string, present: string, now: number): Promise<void> {
  const { authority, files } = await keySetFrom(now)
  await writeInto(join(folder, nextFolder), [...files, [authorityFile, authority]])
  await writeFileAtomically(join(folder, authorityFile), present + authority)
}

/** Each key is followed at once by its certificate. Stopped in between, it can be done once more. */
async function useNext(folder: string): Promise<void> {
  const next = join(folder, nextFolder)
  const waiting = await readdir(next)
  for (const name of holders.flatMap((holder) => [`${holder}.key`, `${holder}.crt`])) {
    if (waiting.includes(name)) await rename(join(next, name), join(folder, name))
  }
  await rm(next, { recursive: true })
}

async function writeInto(folder: string, files: readonly KeyFile[]): Promise<void> {
  makeFolder(folder)
  await chmod(folder, 0o700)
  for (const [name, text] of files) await writeFileAtomically(join(folder, name), text)
}

/** What makes keys is large, and needed on one day in two months. */
async function keySetFrom(now: number): Promise<KeySet> {
  const { newKeySet } = await import('./new-key-set.ts')
  return newKeySet({ notBefore: new Date(now - clockSkewMs), notAfter: new Date(now + lifeMs) })
}
