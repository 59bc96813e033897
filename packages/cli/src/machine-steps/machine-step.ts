/** What commands do to a machine, as data: planned first, shown with --dry-run, then carried out. Pure. */

export type MachineStep =
  | { readonly do: 'make-folder'; readonly path: string; readonly mode: number }
  /** `group`: which group of this machine may read it. */
  | {
      readonly do: 'copy'
      readonly from: string
      readonly path: string
      readonly mode: number
      readonly group?: string
    }
  | { readonly do: 'link'; readonly path: string; readonly target: string }
  | { readonly do: 'write'; readonly path: string; readonly mode: number; readonly text: string }
  | { readonly do: 'write-if-missing'; readonly path: string; readonly mode: number; readonly text: string }
  /** For a file that nobody else has made meanwhile. */
  | { readonly do: 'write-new'; readonly path: string; readonly mode: number; readonly text: string }
  /** Replaces what is still `before`; a link to the file, its owner and its mode stay. */
  | { readonly do: 'edit'; readonly path: string; readonly before: string; readonly text: string }
  /** Gives the file a second name, so that it is never missing while another takes its place. */
  | { readonly do: 'keep-aside'; readonly path: string; readonly as: string }
  | { readonly do: 'put-back'; readonly path: string; readonly from: string }
  | { readonly do: 'remove'; readonly path: string }
  /** Only if it is such a link: a file from somebody else stays. */
  | { readonly do: 'remove-link'; readonly path: string; readonly target: string }
  | { readonly do: 'remove-folder'; readonly path: string }
  | { readonly do: 'remove-empty-folder'; readonly path: string }
  /** Makes the users in a file of sysusers.d, unless they exist. */
  | { readonly do: 'make-users'; readonly root: string; readonly file: string }
  | { readonly do: 'systemctl'; readonly args: readonly string[] }
  /** A missing unit counts as stopped. */
  | { readonly do: 'stop-unit'; readonly unit: string }

/** What the step does, for the user who reads along. */
export function sentenceOf(step: MachineStep): string {
  switch (step.do) {
    case 'make-folder':
      return `folder ${step.path} (${modeText(step.mode)})`
    case 'copy':
      return `${step.path} (${ownedText(step)}), a copy of ${step.from}`
    case 'link':
      return `link ${step.path} to ${step.target}`
    case 'write':
    case 'write-new':
      return `${step.path} (${modeText(step.mode)})`
    case 'write-if-missing':
      return `${step.path} (${modeText(step.mode)}), unless it exists`
    case 'edit':
      return `edit ${step.path}`
    case 'keep-aside':
      return `keep ${step.path} as ${step.as}`
    case 'put-back':
      return `put ${step.from} back as ${step.path}`
    case 'remove':
    case 'remove-link':
      return `remove ${step.path}`
    case 'remove-folder':
      return `remove ${step.path} and everything in it`
    case 'remove-empty-folder':
      return `remove ${step.path} if it is empty`
    case 'make-users':
      return ['systemd-sysusers', ...sysusersArgs(step)].join(' ')
    case 'systemctl':
      return `systemctl ${step.args.join(' ')}`
    case 'stop-unit':
  }
  return `systemctl disable --now ${step.unit}`
}

/** The arguments of systemd-sysusers, which looks for the file in sysusers.d under the root. */
export function sysusersArgs({ root, file }: Extract<MachineStep, { do: 'make-users' }>): readonly string[] {
  return [...(root === '' ? [] : [`--root=${root}`]), file]
}

function ownedText({ mode, group }: { readonly mode: number; readonly group?: string }): string {
  return group === undefined ? modeText(mode) : `${modeText(mode)}, group ${group}`
}

const modeText = (mode: number): string => `0${mode.toString(8)}`
