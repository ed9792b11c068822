import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Surroundings } from '../ports.ts'

/** Each look at one thing; null: this system does not tell. */
export interface Looks {
  readonly battery: () => Promise<boolean | null>
  readonly metered: () => Promise<boolean | null>
}

const POWER_SUPPLIES = '/sys/class/power_supply'
/** The bus answers in milliseconds; one that does not answer tells nothing. */
const BUS_ANSWERS_WITHIN_MS = 3_000

const unknown = async (): Promise<null> => null

/** What the system tells without a desktop: on Linux the kernel of the power supply and NetworkManager of the network, elsewhere nothing. */
export function systemLooks(platform: NodeJS.Platform): Looks {
  if (platform !== 'linux') return { battery: unknown, metered: unknown }
  return { battery: () => readBattery(POWER_SUPPLIES), metered: () => askNetworkManager('busctl') }
}

/** Surroundings that are looked at, and of which the system does not tell by itself. */
export function createSurroundings(looks: Looks): Surroundings {
  return {
    look: async (wanted) => {
      const [battery, metered] = await Promise.all([
        wanted.battery ? looks.battery() : null,
        wanted.metered ? looks.metered() : null,
      ])
      return { battery, metered }
    },
    onChange: () => () => undefined,
  }
}

interface Supply {
  readonly type: string
  readonly scope: string
  readonly online: string
  readonly status: string
}

/**
 * Whether the computer runs on battery, by https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power: no mains or USB supply is
 * online and a battery of the computer itself (not of a mouse) discharges. Null where the kernel tells nothing.
 */
export async function readBattery(folder: string): Promise<boolean | null> {
  const names = await readdir(folder).catch(() => null)
  if (names === null) return null
  const supplies = await Promise.all(names.map((name) => readSupply(join(folder, name))))
  const own = supplies.filter(({ scope }) => scope !== 'Device')
  if (own.some(({ type, online }) => type !== 'Battery' && type !== '' && (online === '1' || online === '2')))
    return false
  return own.some(({ type, status }) => type === 'Battery' && status === 'Discharging')
}

async function readSupply(folder: string): Promise<Supply> {
  const fact = async (name: string): Promise<string> =>
    (await readFile(join(folder, name), 'utf8').catch(() => '')).trim()
  const [type, scope, online, status] = await Promise.all([fact('type'), fact('scope'), fact('online'), fact('status')])
  return { type, scope, online, status }
}

/**
 * Whether NetworkManager takes the primary connection for metered, as it knows or guesses (`NMMetered`: 1 yes, 2 no, 3 guessed yes, 4 guessed
 * no; https://networkmanager.dev/docs/api/latest/nm-dbus-types.html#NMMetered). Null where it does not know or does not run.
 */
export function askNetworkManager(busctl: string): Promise<boolean | null> {
  const object = ['org.freedesktop.NetworkManager', '/org/freedesktop/NetworkManager', 'org.freedesktop.NetworkManager']
  return new Promise((resolve) => {
    execFile(
      busctl,
      // Without auto-start: asking must not start a NetworkManager that somebody switched off.
      ['--system', '--auto-start=no', 'get-property', ...object, 'Metered'],
      { timeout: BUS_ANSWERS_WITHIN_MS, maxBuffer: 10_000 },
      (error, stdout) => {
        resolve(error === null ? meteredOf(stdout) : null)
      },
    )
  })
}

/** `u 4`, as busctl prints the property. */
function meteredOf(answer: string): boolean | null {
  const value = /^u ([0-4])$/.exec(answer.trim())?.[1]
  if (value === undefined || value === '0') return null
  return value === '1' || value === '3'
}
