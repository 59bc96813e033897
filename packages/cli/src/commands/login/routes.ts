/** `fairlead login` and `fairlead logout`: their arguments. */
import { remoteFlags, switchFlag, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'

export const loginCommand = command({
  loader: async () => import('./login.ts'),
  parameters: {
    flags: {
      signIn: switchFlag('Sign in as yourself, in a browser on any device'),
      ci: switchFlag('Sign in as this CI job, with the ID token of GitHub Actions or GitLab'),
      withToken: switchFlag('Ask for a token, or read it from standard input'),
      tokenFile: textFlag('FILE', 'Read the token from this file'),
      ...remoteFlags,
    },
  },
  docs: {
    brief: 'Sign in to a control plane, or store a token for it',
    fullDescription:
      'On a terminal, you sign in as yourself if the control plane offers that: open the printed address and enter the code. A\n' +
      'token comes from --token-file, from FAIRLEAD_TOKEN, or from standard input; it is never read from the command line, where\n' +
      'other users could see it.',
  },
  examples: [
    'fairlead login --host https://fairlead.example.com',
    'fairlead login --host https://10.0.0.5:8470 --ca-file ca.pem < token.txt',
    'fairlead login --host https://fairlead.example.com --ci',
  ],
})

export const logoutCommand = command({
  loader: async () => import('./logout.ts'),
  parameters: { flags: remoteFlags },
  docs: { brief: 'End the session, and forget the token on this machine' },
  examples: ['fairlead logout'],
})
