/**
 * `npm run soak -- [--kills N] [--seeds N] [--mutations N] [--starts N] [--traps N] [--json]`: the long counts. Nothing may be lost, doubled,
 * crash or hang. With no count given: 200 kills, 100 seeds, 20,000 mutations, 50 starts, 20 traps. Exit code 1 when anything is not zero.
 */
import { parseArgs } from 'node:util'
import { soakKills } from './kills.ts'
import { soakMutations } from './mutations.ts'
import { soakSeeds } from './seeds.ts'
import { soakStarts } from './starts.ts'
import { addTallies, NOTHING } from './tally.ts'
import { soakTraps } from './traps.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    seeds: { type: 'string' },
    mutations: { type: 'string' },
    starts: { type: 'string' },
    traps: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const { json, ...counts } = values
const isNothingGiven = Object.values(counts).every((each) => each === undefined)

function count(text: string | undefined, usual: number): number {
  if (text === undefined) return isNothingGiven ? usual : 0
  if (!/^\d{1,9}$/.test(text)) throw new Error(`A count must be a whole number, not ${text}`)
  return Number(text)
}

const kills = count(values.kills, 200)
const seeds = count(values.seeds, 100)
const mutations = count(values.mutations, 20_000)
const starts = count(values.starts, 50)
const traps = count(values.traps, 20)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const total = addTallies(
  await soakMutations(mutations, say),
  await soakSeeds(seeds, say),
  await soakKills(kills, say),
  starts === 0 ? NOTHING : await soakStarts(starts, say),
  traps === 0 ? NOTHING : await soakTraps(traps, say),
)
const isWell = Object.values(total).every((value) => value === 0)
if (json) process.stdout.write(`${JSON.stringify({ ...total, kills, seeds, mutations, starts, traps })}\n`)
else {
  const { lost, doubled, crashed, hung } = total
  process.stdout.write(
    `${kills} kills, ${seeds} random histories, ${mutations} damaged mails, ${starts} starts, ${traps} traps: ${lost} lost, ${doubled} doubled, ${crashed} crashed, ${hung} hung\n`,
  )
}
process.exitCode = isWell ? 0 : 1
