/** `fairlead completion bash|zsh|fish`: prints a script for the shell to load. */
import type { CliContext } from '../../context.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

// Each script asks the program itself, so it stays correct when commands change. `--` prevents typed flags from being parsed.
const scripts: Record<Shell, string> = {
  bash: `_fairlead() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    COMPREPLY+=("$line")
  done < <(fairlead complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _fairlead fairlead
`,
  zsh: `#compdef fairlead
_fairlead() {
  local -a proposals
  local word brief
  while IFS=$'\\t' read -r word brief; do
    proposals+=("\${word//:/\\\\:}:$brief")
  done < <(fairlead complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#proposals} )); then _describe fairlead proposals; else _files; fi
}
compdef _fairlead fairlead
`,
  fish: `function __fairlead_complete
  set -l words (commandline -opc) (commandline -ct)
  fairlead complete -- $words[2..-1] 2>/dev/null
end
complete -c fairlead -a '(__fairlead_complete)'
`,
}

export default function printScript(this: CliContext, _flags: object, shell: Shell): void {
  this.stdout.write(scripts[shell])
}
