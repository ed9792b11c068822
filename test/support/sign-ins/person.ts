import type { Random } from '../../../electron/demo/random.ts'
import type { Simulator } from '../../../electron/demo/types.ts'
import type { Service } from '../../../electron/service/types.ts'
import { consent } from '../visit.ts'

/** What a person does when asked to sign in; everything but the first is a mistake. */
const ways = ['well', 'wrong account', 'denied', 'unticked', 'pasted nonsense', 'given up'] as const
export type Way = (typeof ways)[number]

/** Most people get it right, sooner or later. */
export const chooseWay = (random: Random): Way => (random.chance(0.6) ? 'well' : random.pick(ways))

/**
 * Signs an account in again in one way. True when it is signed in. A mistake must not do that: it is thrown then. What the network does on
 * the way is no mistake of anybody's: false.
 */
export async function signInAgain(
  service: Pick<Service, 'beginSignIn' | 'finishSignIn' | 'cancelSignIn'>,
  simulator: Simulator,
  account: { readonly id: string; readonly email: string },
  { way, other }: { readonly way: Way; readonly other: string },
): Promise<boolean> {
  const begun = await service.beginSignIn({ client: undefined, email: undefined, account: account.id, paste: true })
  if (way === 'given up') {
    await service.cancelSignIn(begun.id)
    return false
  }
  const url = new URL(begun.url)
  if (way === 'wrong account') url.searchParams.set('login_hint', other)
  if (way === 'unticked') url.searchParams.set('scope', 'https://www.googleapis.com/auth/gmail.labels')
  if (way === 'denied') Object.assign(simulator.dials, { consent: 'deny' })
  const pasted = await consent(url)
    .catch(() => null)
    .finally(() => Object.assign(simulator.dials, { consent: 'grant' }))
  const { state, account: signedIn } = await service
    .finishSignIn(begun.id, way === 'pasted nonsense' ? 'http://127.0.0.1/?state=nonsense&code=4%2Fx' : (pasted ?? ''))
    .catch(async () => service.cancelSignIn(begun.id))
  if (state === 'done' && way !== 'well') throw new Error(`Signing in "${way}" was accepted for ${account.email}`)
  if (state === 'done' && signedIn?.id !== account.id) throw new Error(`${account.email} became another account`)
  return state === 'done'
}
