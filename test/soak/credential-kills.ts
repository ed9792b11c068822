import { killWhileWriting } from '../support/credential-kills.ts'
import { NOTHING, type Tally } from './tally.ts'

/** Kills in one data folder. */
const PER_ROUND = 50

/** SIGKILL at random moments while credentials, OAuth clients, the API token and the settings are written. */
export async function soakCredentialKills(kills: number, say: (text: string) => void): Promise<Tally> {
  let lost = 0
  for (let done = 0; done < kills; done += PER_ROUND) {
    const faults = await killWhileWriting(Math.min(PER_ROUND, kills - done), 1 + done / PER_ROUND)
    lost += faults.length
    for (const fault of faults) say(fault)
    say(`credential kills: ${Math.min(kills, done + PER_ROUND)} of ${kills}, ${lost} faults`)
  }
  return { ...NOTHING, lost }
}
