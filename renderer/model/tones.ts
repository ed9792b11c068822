import type { IconName } from '../components/Icon.tsx'

/**
 * What a state looks like. Cool ones (ok, work, wait, rest): Mailtide acts or rests. Warm ones (turn, bad): the person must act.
 */
export type Tone = 'ok' | 'work' | 'wait' | 'rest' | 'turn' | 'bad'

export interface Look {
  readonly tone: Tone
  readonly icon: IconName
  /** Whether it is at work right now: only that turns. */
  readonly isActive: boolean
}

export const look = (tone: Tone, icon: IconName, isActive = false): Look => ({ tone, icon, isActive })
