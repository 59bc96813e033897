import { describe, expect, test } from 'vitest'
import { ScriptedShell } from './scripted-context.ts'

describe('an invalid command line', () => {
  test.each([
    [['cluster-evn'], 'there is no command cluster-evn; did you mean `cluster-env`?', 'fairlead --help'],
    [['cluster', 'strat'], 'there is no command strat; did you mean `start`?', 'fairlead cluster --help'],
    [['cluster', 'stop'], 'there is no command stop; did you mean `terminate`?', 'fairlead cluster --help'],
    [['node', 'rm'], 'there is no command rm; did you mean `revoke`?', 'fairlead node --help'],
    [['cluster-env', 'describe'], 'there is no command describe; did you mean `get`?', 'fairlead cluster-env --help'],
    [['env'], 'there is no command env; did you mean `cluster-env`?', 'fairlead --help'],
    [['terminate'], 'there is no command terminate; did you mean `cluster terminate`?', 'fairlead --help'],
    [['cluster', '--host=x', 'list'], 'name a command before --host', 'fairlead cluster --help'],
    [['--jsn=true', 'cluster'], 'name a command before --jsn', 'fairlead --help'],
    [['cloud', 'rename'], 'there is no command rename', 'fairlead cloud --help'],
    [['cluster', 'list', '--jsn'], 'there is no flag --jsn; did you mean --json?', 'fairlead cluster list --help'],
    [
      ['cluster', 'start', '--worker', '1'],
      'there is no flag --worker; did you mean --workers?',
      'fairlead cluster start --help',
    ],
    [['cluster-env', 'build', '--frce'], 'there is no flag --frce', 'fairlead cluster-env build --help'],
    [
      ['cluster', 'start', '--cloud', 'x'],
      'there is no flag --cloud; did you mean --cloud-name?',
      'fairlead cluster start --help',
    ],
    [
      ['cluster', 'start', '--workers', 'many'],
      '--workers: expected a whole number from 0 to 1000',
      'fairlead cluster start --help',
    ],
    [['serve', '--data-dir', ''], '--data-dir: expected a path, not an empty text', 'fairlead serve --help'],
    [['cluster', 'start', '-n'], '--name is missing, or has no value', 'fairlead cluster start --help'],
    [
      ['cloud', 'create', '-n', 'x', '--provider', 'azure'],
      '--provider takes one of aws, gcp, local',
      'fairlead cloud create --help',
    ],
    [
      ['explain', 'secret-reference', 'team/login'],
      '--provider is missing',
      'fairlead explain secret-reference --help',
    ],
    [['cluster', 'status'], 'give NAME or -n NAME, or --id ID', 'fairlead cluster status --help'],
    [['node', 'revoke'], 'give NAME, or -n NAME', 'fairlead node revoke --help'],
    [
      ['cluster', 'terminate', 'a', '-n', 'b'],
      'NAME and -n NAME are not the same; give one of them',
      'fairlead cluster terminate --help',
    ],
    [
      ['cluster', 'status', 'a', '--id', 'clu_1'],
      'a name and --id were both given; give one of them',
      'fairlead cluster status --help',
    ],
    [
      ['cluster-env', 'build', 'env.yaml', '--no-wait', '--require-check'],
      '--require-check and --no-wait contradict each other',
      'fairlead cluster-env build --help',
    ],
    [
      ['login', '--host', 'HTTP://127.0.0.1:8470', '--ca-file', 'ca.pem'],
      '--ca-file is for https, and the host is plain http',
      'fairlead login --help',
    ],
    [['help', 'clust'], 'there is no command clust; did you mean `cluster`?', 'fairlead --help'],
    [['help', 'cluster', 'strat'], 'there is no command strat; did you mean `start`?', 'fairlead cluster --help'],
    [['cluster-env', 'build'], 'FILE.yaml is missing', 'fairlead cluster-env build --help'],
    [
      ['cluster-env', 'lint', ''],
      'the name of the file is empty; is a variable not set?',
      'fairlead cluster-env lint --help',
    ],
    [['cluster-env', 'lint', 'a', 'b'], 'b is one argument too many', 'fairlead cluster-env lint --help'],
    [['serve', '--tls-cert', 'cert.pem'], '--tls-cert and --tls-key come together', 'fairlead serve --help'],
    [['completion', 'tcsh'], 'SHELL: tcsh is not one of (bash|zsh|fish)', 'fairlead completion --help'],
  ])('%j is reported in one sentence, with the help to read', async (args, what, help) => {
    using shell = new ScriptedShell()
    const { status, stdout, stderr } = await shell.run(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(`error: ${what} (USAGE)\nfix:   See \`${help}\`.\nwho:   you\n`)
  })

  test.each([[['--json=true', 'cluster', 'strat']], [['cluster', 'strat', '--json=true']]])(
    '%j is reported as JSON',
    async (args) => {
      using shell = new ScriptedShell()
      const { stderr } = await shell.run(args)
      expect(JSON.parse(stderr)).toMatchObject({ detail: 'there is no command strat; did you mean `start`?' })
    },
  )

  test.each([
    ['--compute', 'nodes are made by your cloud'],
    ['--compute-file', 'nodes are made by your cloud'],
    ['--project', 'there are no projects'],
    ['--project-id', 'there are no projects'],
    ['--idle-timeout', 'Fairlead does not stop idle clusters'],
    ['--user-service-access', 'opens no services'],
    ['--docker', 'the image decides this'],
    ['--python-version', 'the image decides this'],
    ['--ray-version', 'the image decides this'],
  ])('cluster start %s is rejected with its reason', async (flag, reason) => {
    using shell = new ScriptedShell()
    const ran = await shell.run(['cluster', 'start', '-n', 'c', flag, 'x'])
    expect(ran.status).toBe(2)
    expect(ran.stderr).toContain(`error: ${flag} is not supported: `)
    expect(ran.stderr).toContain(reason)
  })
})

describe('global flags before the command', () => {
  test('are read as if they came after it', async () => {
    using shell = new ScriptedShell()
    const behind = await shell.run(['cluster', 'list', '--json', '--host', 'https://a.example'])
    expect(await shell.run(['--json', '--host', 'https://a.example', 'cluster', 'list'])).toEqual(behind)
    expect(behind.status).toBe(6)
  })
})

describe('a problem', () => {
  test('is a document on standard error when JSON is requested, and leaves standard output empty', async () => {
    using shell = new ScriptedShell()
    const { status, stdout, stderr } = await shell.run(['cluster', 'list', '--json'])
    expect({ status, stdout }).toEqual({ status: 6, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ code: 'TOKEN_MISSING', status: 401, who: 'you' })
  })

  test('says where to sign in if there is no token for the control plane that was to be asked', async () => {
    using shell = new ScriptedShell()
    const { stderr } = await shell.run(['cluster', 'list', '--host', 'https://a.example'])
    expect(stderr).toContain('Run `fairlead login --host https://a.example`, or set FAIRLEAD_TOKEN.')
  })

  test('says where the address stands that is none', async () => {
    using shell = new ScriptedShell()
    const byEnvironment = await shell.run(['cluster', 'list'], { env: { FAIRLEAD_HOST: 'https://a.example/path' } })
    expect(byEnvironment.stderr).toContain('FAIRLEAD_HOST is not of the form https://HOST[:PORT]')
    const byFlag = await shell.run(['cluster', 'list', '--host', 'https://a.example/path'])
    expect(byFlag.stderr).toContain('--host is not of the form https://HOST[:PORT]')
  })

  test('says that FAIRLEAD_TOKEN is not valid if no header can hold it', async () => {
    using shell = new ScriptedShell()
    const env = { FAIRLEAD_TOKEN: 'one\nof something else', FAIRLEAD_HOST: 'http://127.0.0.1:1' }
    const { status, stderr } = await shell.run(['cluster', 'list'], { env })
    expect(status).toBe(6)
    expect(stderr).toContain('TOKEN_INVALID')
  })

  test('of the command line is also a document', async () => {
    using shell = new ScriptedShell()
    const { status, stderr } = await shell.run(['cluster', 'list', '--json', '--nope'])
    expect(status).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ code: 'USAGE', fix: 'See `fairlead cluster list --help`.' })
  })

  test('that is unexpected is INTERNAL, without its message and without a trace', async () => {
    using shell = new ScriptedShell()
    const input = new TypeError('hunter2-canary')
    const { status, stderr } = await shell.run(['cluster-env', 'lint', '-'], { input })
    expect(status).toBe(1)
    expect(stderr).toContain('(INTERNAL)')
    expect(stderr).not.toMatch(/hunter2|    at /)
  })

  test('never puts a control character on the terminal', async () => {
    using shell = new ScriptedShell()
    const { stderr } = await shell.run(['cluster-env', 'lint', 'no\u001B[2Jsuch\nfile'])
    expect(stderr).toContain('no\\u001b[2Jsuch\\u000afile')
    expect(stderr).not.toContain('\u001B')
  })
})

describe('completion', () => {
  test.each([
    [['clust'], ['cluster-env', 'cluster']],
    [
      ['cluster', 'st'],
      ['start', 'status'],
    ],
    [
      ['cluster', 'start', '--no-'],
      ['--no-pin-digest', '--no-wait'],
    ],
    [['cloud', 'create', '--provider', 'a'], ['aws']],
    [['completion', 'z'], ['zsh']],
    [
      ['audit', 'list', '--act', 'token.'],
      ['token.create', 'token.revoke'],
    ],
    [['cluster', 'start', '--proj'], []],
    [['nonsense', 'x'], []],
  ])('of %j proposes %j', async (words, proposals) => {
    using shell = new ScriptedShell()
    const { stdout } = await shell.run(['complete', '--', ...words])
    expect(
      stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('\t')[0]),
    ).toEqual(proposals)
  })

  test.each(['bash', 'zsh', 'fish'])('the script of %s asks the program', async (shellName) => {
    using shell = new ScriptedShell()
    expect((await shell.run(['completion', shellName])).stdout).toContain('fairlead complete -- ')
  })
})
