/**
 * `npm run soak -- [--kills N] [--seeds N] [--mutations N] [--starts N] [--traps N] [--sign-ins HOURS [--sign-in-seeds N]]
 * [--credential-kills N] [--cuts N] [--json]`: the long counts. Nothing may be lost, doubled, crash, hang or mislead. With no count given: 200
 * kills, 100 seeds, 20,000 mutations, 50 starts, 20 traps, 72 simulated hours of sign-ins that die with 3 seeds, 200 kills while credentials
 * are written, 100 power cuts (where strace can record). Exit code 1 when anything is not zero.
 */
import { parseArgs } from 'node:util'
import { canRecord } from '../support/power/record.ts'
import { soakCredentialKills } from './credential-kills.ts'
import { soakKills } from './kills.ts'
import { soakMutations } from './mutations.ts'
import { soakPower } from './power.ts'
import { soakSeeds } from './seeds.ts'
import { soakSignIns } from './sign-ins.ts'
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
    'sign-ins': { type: 'string' },
    'sign-in-seeds': { type: 'string', default: '3' },
    'credential-kills': { type: 'string' },
    cuts: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const { json, 'sign-in-seeds': signInSeeds, ...counts } = values
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
const signInHours = count(values['sign-ins'], 72)
const credentialKills = count(values['credential-kills'], 200)
const cuts = count(values.cuts, canRecord() ? 100 : 0)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const total = addTallies(
  await soakMutations(mutations, say),
  await soakSeeds(seeds, say),
  await soakKills(kills, say),
  starts === 0 ? NOTHING : await soakStarts(starts, say),
  traps === 0 ? NOTHING : await soakTraps(traps, say),
  signInHours === 0 ? NOTHING : await soakSignIns({ hours: signInHours, seeds: count(signInSeeds, 3) }, say),
  await soakCredentialKills(credentialKills, say),
  await soakPower(cuts, say),
)
const isWell = Object.values(total).every((value) => value === 0)
const asked = {
  kills,
  seeds,
  mutations,
  starts,
  traps,
  sign_in_hours: signInHours,
  credential_kills: credentialKills,
  cuts,
}
if (json) process.stdout.write(`${JSON.stringify({ ...total, ...asked })}\n`)
else {
  const { lost, doubled, crashed, hung, misled } = total
  process.stdout.write(
    `${kills} kills, ${seeds} random histories, ${mutations} damaged mails, ${starts} starts, ${traps} traps, ${signInHours} hours of sign-ins, ` +
      `${credentialKills} kills while credentials are written, ${cuts} power cuts: ${lost} lost, ${doubled} doubled, ${crashed} crashed, ${hung} hung, ${misled} misled\n`,
  )
}
process.exitCode = isWell ? 0 : 1
