import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FullDiskResult } from '../support/full-disk/life.ts'
import { type Count, inRounds } from './rounds.ts'
import { NOTHING, type Tally } from './tally.ts'

/** Fills of one installation. */
const PER_ROUND = 25
const MAILS = 300
/** A file system in memory, in a name space of its own: nobody needs rights for it, and it is gone with its last process. */
const mount = 'mount -t tmpfs -o size=400m tmpfs "$0" && exec "$@"'
const apart = ['--user', '--map-root-user', '--mount', 'sh', '-c']
const round = new URL('./full-disk-round.ts', import.meta.url).pathname

/** Whether a disk can be made here: Linux that lets everybody mount one. */
export const canMount = (): boolean =>
  process.platform === 'linux' && spawnSync('unshare', [...apart, mount, tmpdir(), 'true']).status === 0

/** Somebody fills the disk at random moments of the product's life, and frees it. */
export const soakFullDisks = (count: Count, say: (text: string) => void): Promise<Tally> =>
  inRounds(
    { what: 'full disks', most: PER_ROUND, run: (fills, seed) => fillOneDisk({ fills, mails: MAILS, seed }, say) },
    count,
    say,
  )

/** One installation on a disk of its own. */
export async function fillOneDisk(
  { fills, mails, seed }: { readonly fills: number; readonly mails: number; readonly seed: number },
  say: (text: string) => void,
): Promise<Tally> {
  const disk = await mkdtemp(join(tmpdir(), 'mailtide-full-disk-'))
  try {
    const program = [process.execPath, round, disk, seed, fills, mails].map(String)
    const child = spawn('unshare', [...apart, mount, disk, ...program], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (code !== 0) throw new Error(`The round on a full disk ended with ${code}`)
    const { faults, lost, crashed, hung, ...figures } = JSON.parse(text) as FullDiskResult
    for (const fault of faults) say(fault)
    say(`full disk, seed ${seed}: ${JSON.stringify(figures)}`)
    // What was lost, crashed or hung is among the faults; the rest is what was said wrongly.
    return { ...NOTHING, lost, crashed, hung, misled: lost + crashed + hung === 0 ? faults.length : 0 }
  } finally {
    await rm(disk, { recursive: true, force: true })
  }
}
