/** Runs a program for arm64: in an emulator, with that architecture's libraries below a folder, unless this machine has it. */
import { newFolder, runCommand, type CommandResult } from '@fairlead/testkit'

/** Debian's own for other architectures. */
const debianLibraries = '/usr/aarch64-linux-gnu'

export function onArm64(
  program: string,
  args: readonly string[],
  { libraries = debianLibraries }: { libraries?: string } = {},
): Promise<CommandResult> {
  const [command, ...before] =
    process.arch === 'arm64' ? [program] : (['qemu-aarch64', '-L', libraries, program] as const)
  return runCommand(command, [...before, ...args], { env: { HOME: newFolder('home'), NO_COLOR: '1' } })
}
