/**
 * `npm run soak -- [--kills N] [--postgres-kills N] [--seeds N] [--mutations N] [--workers MINUTES] [--starts N] [--traps N]
 * [--sign-ins HOURS [--sign-in-seeds N]] [--credential-kills N] [--cuts N] [--full-disks N] [--double-starts N] [--from SEED] [--json]`:
 * the long counts. Nothing may be lost, doubled, crash, hang or mislead. With no count given: 200 kills, 100 kills on PostgreSQL (where it
 * is installed), 100 seeds, 20,000 mutations, 10 minutes of workers, 50 starts, 20 traps, 72 simulated hours of sign-ins that die with 3
 * seeds, 200 kills while credentials are written, 100 power cuts (where strace can record), 100 full disks (where everybody may mount
 * one), 100 double starts. Exit code 1 when anything is not zero.
 */
import { parseArgs } from 'node:util'
import { postgresMissing } from '../support/postgres-server.ts'
import { canRecord } from '../support/power/record.ts'
import { soakCredentialKills } from './credential-kills.ts'
import { soakDoubleStarts } from './double-starts.ts'
import { readFigures } from './figures.ts'
import { canMount, soakFullDisks } from './full-disks.ts'
import { soakKills, soakKillsOnPostgres } from './kills.ts'
import { soakMutations } from './mutations.ts'
import { soakPower } from './power.ts'
import { soakSeeds } from './seeds.ts'
import { soakSignIns } from './sign-ins.ts'
import { soakStarts } from './starts.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'
import { soakTraps } from './traps.ts'
import { soakWorkers } from './workers.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    'postgres-kills': { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    mutations: { type: 'string' },
    workers: { type: 'string' },
    starts: { type: 'string' },
    traps: { type: 'string' },
    'sign-ins': { type: 'string' },
    'sign-in-seeds': { type: 'string', default: '3' },
    'credential-kills': { type: 'string' },
    cuts: { type: 'string' },
    'full-disks': { type: 'string' },
    'double-starts': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const say = (text: string): void => void process.stderr.write(`${text}\n`)

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`A count must be a whole number, not ${text}`)
  return Number(text)
}

interface Soak {
  readonly option: Exclude<keyof typeof values, 'json' | 'from' | 'sign-in-seeds'>
  /** What the count counts, for people. */
  readonly what: string
  /** Where nothing is asked for. */
  readonly usual: number
  run(count: number, from: number): Promise<Tally>
}

/** In this order. */
const soaks: readonly Soak[] = [
  { option: 'mutations', what: 'damaged mails', usual: 20_000, run: (count) => soakMutations(count, say) },
  {
    option: 'seeds',
    what: 'days in which everything goes wrong',
    usual: 100,
    run: (count, from) => soakSeeds({ from, count }, say),
  },
  { option: 'kills', what: 'kills', usual: 200, run: (count, from) => soakKills({ from, count }, say) },
  {
    option: 'postgres-kills',
    what: 'kills on PostgreSQL',
    usual: postgresMissing() === null ? 100 : 0,
    run: (count, from) => soakKillsOnPostgres({ from, count }, say),
  },
  { option: 'workers', what: 'minutes of three workers', usual: 10, run: (minutes) => soakWorkers(minutes, say) },
  { option: 'starts', what: 'starts', usual: 50, run: (count) => soakStarts(count, say) },
  { option: 'traps', what: 'traps', usual: 20, run: (count) => soakTraps(count, say) },
  {
    option: 'sign-ins',
    what: 'hours of sign-ins',
    usual: 72,
    run: (hours) => soakSignIns({ hours, seeds: whole(values['sign-in-seeds']) }, say),
  },
  {
    option: 'credential-kills',
    what: 'kills while credentials are written',
    usual: 200,
    run: (count) => soakCredentialKills(count, say),
  },
  {
    option: 'cuts',
    what: 'power cuts',
    usual: canRecord() ? 100 : 0,
    run: (count, from) => soakPower({ from, count }, say),
  },
  {
    option: 'full-disks',
    what: 'full disks',
    usual: canMount() ? 100 : 0,
    run: (count, from) => soakFullDisks({ from, count }, say),
  },
  {
    option: 'double-starts',
    what: 'double starts',
    usual: 100,
    run: (count, from) => soakDoubleStarts({ from, count }, say),
  },
]

const isNothingGiven = soaks.every(({ option }) => values[option] === undefined)
const countOf = ({ option, usual }: Soak): number => {
  const given = values[option]
  return given === undefined ? (isNothingGiven ? usual : 0) : whole(given)
}

let total = NOTHING
const began = performance.now()
for (const soak of soaks) {
  const count = countOf(soak)
  if (count > 0) total = addTallies(total, await soak.run(count, whole(values.from)))
}
const figures = { wall_seconds: Math.round((performance.now() - began) / 1_000), ...readFigures() }
const asked = Object.fromEntries(soaks.map((soak) => [soak.option.replaceAll('-', '_'), countOf(soak)]))
if (values.json) process.stdout.write(`${JSON.stringify({ ...asked, ...total, ...figures })}\n`)
else {
  const { lost, doubled, crashed, hung, misled } = total
  const done = soaks.filter((soak) => countOf(soak) > 0).map((soak) => `${countOf(soak)} ${soak.what}`)
  process.stdout.write(
    `${done.join(', ')}: ${lost} lost, ${doubled} doubled, ${crashed} crashed, ${hung} hung, ${misled} misled\n`,
  )
}
process.exitCode = Object.values(total).every((value) => value === 0) ? 0 : 1
