/** docs/guides/sign-in.md: its commands exist with their flags, its files are ones that are accepted, and CI finds its token where the page puts it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ScriptedShell } from '../../scripted-context.ts'
import { parseSignInFile } from '../serve/sign-in-file.ts'
import { tokenSource } from './pipeline-token.ts'

const page = readFileSync(new URL('../../../../../docs/guides/sign-in.md', import.meta.url), 'utf8')
const origin = 'https://fairlead.example.com:8470'

/** Each command of ours, in a block, a CI file or a sentence. */
const commands = [...page.matchAll(/^ +(?:- (?:run: )?)?(?:sudo )?fairlead (.+)$|`fairlead ([^`]+)`/gm)]
  .map(([, line, inline]) => line ?? inline ?? '')
  .filter((command) => !/\b[A-Z]{2,}\b/.test(command))

const files = [...page.matchAll(/^ *```yaml\n(.*?)^ *```/gms)].map(([, text = '']) => text)
const [signInFile = '', gitHub = '', gitLab = ''] = files

describe('docs/guides/sign-in.md', () => {
  test('has the commands of people and of CI', () => {
    expect(commands).toEqual(
      expect.arrayContaining([
        `login --host ${origin}`,
        `login --host ${origin} --ci`,
        'logout',
        'serve --sign-in sign-in.yaml',
      ]),
    )
  })

  test.each([...new Set(commands)])('fairlead %s is a command', async (command) => {
    using shell = new ScriptedShell()
    expect(await shell.run([...command.split(' '), '--help'])).toMatchObject({ status: 0, stderr: '' })
  })

  test('shows a sign-in file that the control plane accepts', () => {
    const { settings, secretFile } = parseSignInFile(signInFile, 'sign-in.yaml')
    expect(secretFile).toBe('client-secret')
    expect(settings.people?.access).toHaveLength(3)
    expect(settings.programs?.map(({ issuer }) => issuer)).toEqual([
      'https://token.actions.githubusercontent.com',
      'https://gitlab.com',
    ])
  })

  test('gives a job of GitHub the permission without which there is no token', () => {
    expect(parse(gitHub)).toMatchObject({ permissions: { 'id-token': 'write' } })
    expect(() => tokenSource({ GITHUB_ACTIONS: 'true' }, origin)).toThrow('id-token: write')
  })

  test('puts the ID token of a job of GitLab where `login --ci` looks, for this control plane', () => {
    const { build } = parse(gitLab) as { build: { id_tokens: Record<string, { aud: string }> } }
    const [[name, { aud }] = ['', { aud: '' }]] = Object.entries(build.id_tokens)
    expect(aud).toBe(origin)
    const token = `a.${Buffer.from(JSON.stringify({ aud })).toString('base64url')}.c`
    expect(tokenSource({ [name]: token }, origin)).toEqual({ kind: 'variable', token })
  })
})
