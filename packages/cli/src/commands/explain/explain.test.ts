import { readFileSync } from 'node:fs'
import { problems } from '@fairlead/contract/problems'
import { describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

interface Case {
  readonly [key: string]: unknown
  readonly name: string
}

function vectors(file: string): readonly Case[] {
  const url = new URL(`../../../../contract/fixtures/vectors/${file}.json`, import.meta.url)
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: Case[] }).cases
}

const remarks = new Set(['name', 'source', 'why', 'note'])

/** Splits a case into the question, by its key names, and the answer. */
function split(one: Case, asked: readonly string[]): { question: object; answer: Record<string, unknown> } {
  const entries = Object.entries(one).filter(([key]) => !remarks.has(key))
  return {
    question: Object.fromEntries(entries.filter(([key]) => asked.includes(key))),
    answer: Object.fromEntries(entries.filter(([key]) => !asked.includes(key))),
  }
}

async function explain(form: string, question: object, ...flags: string[]) {
  using shell = new ScriptedShell()
  const args = ['explain', form, '--input', '-', '--json', ...flags]
  const { status, stdout, stderr } = await shell.run(args, { input: JSON.stringify(question) })
  expect(stderr).toBe('')
  return { status, answer: JSON.parse(stdout) as Record<string, unknown> }
}

describe('the command line answers every vector with the keys of its file', () => {
  test('image-reference', async () => {
    for (const one of vectors('image-reference')) {
      const { question, answer } = split(one, ['input'])
      const found = await explain('image', question)
      // Any rejection passes: the vectors' classes are informative.
      const expected = 'error' in answer ? { error: 'IMAGE_REF_INVALID' } : answer
      expect(found, one.name).toEqual({ status: 'error' in answer ? 4 : 0, answer: expected })
    }
  })

  test('server-match', async () => {
    for (const one of vectors('server-match')) {
      const { question, answer } = split(one, ['server', 'image'])
      const found = await explain('image', question)
      // An error in the image name is reported next to the vector's answer.
      const { error, ...match } = found.answer
      const status = answer['malformed'] || error !== undefined ? 4 : answer['match'] ? 0 : 3
      expect({ status: found.status, answer: match }, one.name).toEqual({ status, answer })
    }
  })

  test('secret-reference', async () => {
    for (const one of vectors('secret-reference')) {
      const { question, answer } = split(one, ['provider', 'ref', 'context'])
      const found = await explain('secret-reference', question)
      expect(found, one.name).toEqual({ status: 'error' in answer ? 4 : 0, answer })
    }
  })

  test('registry-secret', async () => {
    for (const one of vectors('registry-secret')) {
      const { question, answer } = split(one, ['secretString', 'secretParts', 'secretBinary'])
      const found = await explain('secret-document', question, '--fingerprint')
      expect(found, one.name).toEqual({ status: 'error' in answer ? 4 : 0, answer })
    }
  })

  test('auth-challenge', async () => {
    for (const one of vectors('auth-challenge')) {
      const { question, answer } = split(one, ['headers'])
      const found = await explain('challenge', question)
      expect(found, one.name).toEqual({ status: 'error' in answer ? 4 : 0, answer })
    }
  })

  test('realm-policy', async () => {
    for (const one of vectors('realm-policy')) {
      const { question, answer } = split(one, ['registry', 'realm', 'localPairs'])
      const found = await explain('realm', question)
      expect(found, one.name).toEqual({ status: answer['allowed'] ? 0 : 3, answer })
    }
  })
})

describe('explain for people', () => {
  test('reports no match for a malformed image with a server, with the error of the image', async () => {
    expect(await explain('image', { image: 'UPPER', server: 'r.example.com' })).toEqual({
      status: 4,
      answer: { match: false, error: 'IMAGE_REF_INVALID' },
    })
  })

  test('never prints the password of a secret in any form', async () => {
    using shell = new ScriptedShell()
    const input = JSON.stringify({ username: 'u', password: 'hunter2-canary', server: 'r.example.com' })
    for (const flags of [[], ['--json']]) {
      const ran = await shell.run(['explain', 'secret-document', '-', ...flags], { input })
      expect(ran.status).toBe(0)
      expect(ran.stdout + ran.stderr).not.toContain('hunter2')
    }
  })

  test('gives the reason why a secret would not be used in one sentence', async () => {
    using shell = new ScriptedShell()
    const ran = await shell.run(['explain', 'image', 'my-registry/my-image:tag', '--server', 'my-registry'])
    expect(ran.status).toBe(3)
    expect(ran.stdout).toBe(
      'No: the image is on docker.io, so a secret with the server my-registry is not used and nothing is sent.\n',
    )
  })

  test('treats input that is not one JSON object as a usage error', async () => {
    using shell = new ScriptedShell()
    for (const input of ['', '[]', 'null', '{', '"text"']) {
      const ran = await shell.run(['explain', 'image', '--input', '-'], { input })
      expect(ran.status, input).toBe(2)
    }
  })
})

describe('a problem code', () => {
  const run = async (...args: string[]) => {
    using shell = new ScriptedShell()
    return shell.run(['explain', ...args])
  }

  test('is explained with its fix and who can act', async () => {
    const { status, stdout } = await run('CREDENTIAL_SERVER_MISMATCH')
    expect(status).toBe(0)
    expect(stdout).toContain(problems.CREDENTIAL_SERVER_MISMATCH.fix)
    expect(stdout).toMatch(/Who can act +\S/)
  })

  test('may be written in lower case, and under the name of its command', async () => {
    expect((await run('problem', 'credential-server-mismatch', '--json')).stdout).toContain('"exit": 3')
  })

  test('that does not exist is a usage error that suggests the nearest one', async () => {
    const { status, stderr } = await run('CREDENTIAL_SERVER_MISMATH')
    expect(status).toBe(2)
    expect(stderr).toContain('did you mean CREDENTIAL_SERVER_MISMATCH?')
  })

  test('is listed with all others when none is given', async () => {
    const { status, stdout } = await run()
    expect(status).toBe(0)
    expect(stdout.split('\n').filter((line) => /^[A-Z_0-9]+ {2}/.test(line))).toHaveLength(
      Object.keys(problems).length + 1,
    )
  })
})
