import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { z } from 'zod'

/**
 * A process, told apart from every other that ever had its number. Each field is text to compare for equality; an
 * empty one could not be learned.
 */
export const ProcessIdentity = z.object({
  pid: z.int().positive(),
  /** When the process began, in the system's own unit. */
  process_started: z.string(),
  /** The computer (or container), as its name and machine id. */
  machine: z.string(),
  /** The running of its kernel: another one after each reboot, the same in all containers on it. */
  boot: z.string(),
  /** The set of processes that `pid` counts in: containers each have their own. */
  pid_namespace: z.string(),
})
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

/** What can be said of a process from here. */
export type Liveness = 'alive' | 'dead' | 'other_container' | 'other_machine'

const run = promisify(execFile)

/** Who this process is. */
export async function identifySelf(): Promise<ProcessIdentity> {
  const [machine, boot, pid_namespace, process_started] = await Promise.all([
    machineName(),
    bootId(),
    pidNamespace(),
    processStart(process.pid),
  ])
  return { pid: process.pid, process_started: process_started ?? '', machine, boot, pid_namespace }
}

/**
 * Whether a process recorded earlier still runs. Age plays no part. What cannot be seen from here is reported as such,
 * and in doubt a process counts as alive.
 */
export async function judge(
  recorded: ProcessIdentity,
  self: ProcessIdentity,
  look: (pid: number) => Promise<string | null> = startOfLiving,
): Promise<Liveness> {
  const sameBoot = recorded.boot !== '' && recorded.boot === self.boot
  if (!sameBoot && recorded.machine !== self.machine) return 'other_machine'
  // The same computer, but its kernel has been started anew since.
  if (!sameBoot && recorded.boot !== '' && self.boot !== '') return 'dead'
  if (recorded.pid_namespace !== self.pid_namespace) return 'other_container'
  const started = await look(recorded.pid)
  if (started === null) return 'dead'
  const known = started !== '' && recorded.process_started !== ''
  return known && started !== recorded.process_started ? 'dead' : 'alive'
}

/** When a living process began; empty where the system does not tell; null when no such process lives. */
async function startOfLiving(pid: number): Promise<string | null> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return null
  }
  return processStart(pid)
}

/** Start of a process; null for one that has ended but was not yet collected by its parent. */
async function processStart(pid: number): Promise<string | null> {
  switch (process.platform) {
    case 'linux':
      return parseProcStat(await textOf(`/proc/${pid}/stat`))
    case 'win32':
      return output('powershell.exe', [
        '-NoProfile',
        '-NonInteractive',
        '-Command',
        `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`,
      ])
    default:
      return output('ps', ['-o', 'lstart=', '-p', String(pid)])
  }
}

/**
 * State and start time (clock ticks since boot) from `/proc/<pid>/stat`. The name in brackets may itself hold spaces and
 * brackets, so fields are counted from the last one: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function parseProcStat(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  if (state === 'Z' || state === 'X') return null
  return fields[19] ?? ''
}

async function machineName(): Promise<string> {
  switch (process.platform) {
    case 'linux':
      // Containers often share one machine id, and renamed computers keep it: only both together tell machines apart.
      return `${hostname()}/${(await textOf('/etc/machine-id')).trim()}`
    case 'darwin': {
      // The host name of a Mac follows the network it is in; the platform id stays.
      const info = await output('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'])
      return /"IOPlatformUUID" = "([^"]+)"/.exec(info)?.[1] ?? hostname()
    }
    case 'win32': {
      const info = await output('reg', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'])
      return `${hostname()}/${/MachineGuid\s+REG_SZ\s+(\S+)/.exec(info)?.[1] ?? ''}`
    }
    default:
      return hostname()
  }
}

async function bootId(): Promise<string> {
  if (process.platform === 'linux') return (await textOf('/proc/sys/kernel/random/boot_id')).trim()
  if (process.platform === 'darwin') return output('sysctl', ['-n', 'kern.bootsessionuuid'])
  return ''
}

async function pidNamespace(): Promise<string> {
  if (process.platform !== 'linux') return ''
  return readlink('/proc/self/ns/pid').catch(() => '')
}

/** A small system file, or nothing where it is absent or closed to us. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/** What a system tool prints, in one language and time zone; nothing where it is absent, fails or hangs. */
async function output(command: string, args: readonly string[]): Promise<string> {
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
    const { stdout } = await run(command, [...args], { env, timeout: 5_000, windowsHide: true })
    return stdout.trim()
  } catch {
    return ''
  }
}
