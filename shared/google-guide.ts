import { type GuideError, guideErrors } from './google-guide-errors.ts'
import { type GuideStep, personalSteps, workspaceSteps } from './google-guide-steps.ts'

export type { GuideCase, GuideError } from './google-guide-errors.ts'
export type { GuideStep } from './google-guide-steps.ts'

/** A step or an error by which the guide can be opened. */
export type GuideTopic =
  | (typeof personalSteps)[number]['id']
  | (typeof workspaceSteps)[number]['id']
  | (typeof guideErrors)[number]['id']

interface GuideTrack {
  readonly id: 'personal' | 'workspace'
  readonly title: string
  readonly intro: string
  readonly steps: readonly GuideStep[]
}

/** How one gets an OAuth client of Google's, and what Google's errors mean: for the documents, the command line and the window. */
export const googleGuide: {
  readonly title: string
  readonly intro: readonly string[]
  readonly tracks: readonly GuideTrack[]
  readonly errorsTitle: string
  readonly errors: readonly GuideError[]
} = {
  title: 'Setting up Google',
  intro: [
    'Google lets a program read mail only through an OAuth client. Mailtide comes without one, so you create your own: once, in about ten minutes, free of charge, for all your accounts. Your mail then goes straight from Google to your computer, with no one in between.',
    'Google moves its buttons from time to time. The links still open the right page, as long as the right project is selected at the top of it.',
  ],
  tracks: [
    {
      id: 'personal',
      title: 'For your own accounts',
      intro: 'Eight steps, for gmail.com and for Google Workspace.',
      steps: personalSteps,
    },
    {
      id: 'workspace',
      title: 'For a Google Workspace',
      intro:
        'Everything above works there too. These ways are shorter: an internal app, where each person signs in once, or a service account, where no one has to.',
      steps: workspaceSteps,
    },
  ],
  errorsTitle: 'When Google says no',
  errors: guideErrors,
}

const steps: readonly GuideStep[] = googleGuide.tracks.flatMap((track) => track.steps)

/** Every name under which the guide can be opened at one place. */
export const guideTopics: readonly GuideTopic[] = [
  ...personalSteps.map(({ id }) => id),
  ...workspaceSteps.map(({ id }) => id),
  ...guideErrors.map(({ id }) => id),
]

/** The topic of this name; undefined for what a newer version may know. */
export const guideTopic = (name: string | undefined): GuideTopic | undefined =>
  guideTopics.find((each) => each === name)

export type GuidePlace =
  | { readonly kind: 'track'; readonly track: GuideTrack }
  /** `number`: its place in its track, from 1. `next`: the step after it. */
  | { readonly kind: 'step'; readonly step: GuideStep; readonly number: number; readonly next: GuideStep | null }
  | { readonly kind: 'error'; readonly error: GuideError }
  | { readonly kind: 'errors' }

/**
 * The place that somebody means: the number or name of a step, the code of an error, `personal`, `workspace` or `errors`. Also a whole line
 * that was copied from Google's page, such as "Error 403: access_denied". Null when nothing fits.
 */
export function findGuidePlace(text: string): GuidePlace | null {
  const asked = text.trim().toLowerCase()
  if (/^\d{1,2}$/.test(asked)) return stepPlace(personalSteps[Number(asked) - 1])
  return placeOf(asked) ?? firstOf(asked.split(/[^a-z0-9_-]+/), placeOf)
}

/** By the very name first: `access_not_configured` of the sign-in page and `accessNotConfigured` of the API are two things. */
const placeOf = (word: string): GuidePlace | null =>
  placeNamed((name) => name === word) ??
  placeNamed((name) => plainName(word) !== '' && plainName(name) === plainName(word))

function placeNamed(isMeant: (name: string) => boolean): GuidePlace | null {
  if (isMeant('errors')) return { kind: 'errors' }
  const track = googleGuide.tracks.find(({ id }) => isMeant(id))
  if (track !== undefined) return { kind: 'track', track }
  const error = googleGuide.errors.find(({ id, aliases }) => [id, ...aliases].some(isMeant))
  if (error !== undefined) return { kind: 'error', error }
  return stepPlace(steps.find(({ id }) => isMeant(id)))
}

/** People write the same name with dashes, low lines, blanks or none of them. */
const plainName = (name: string): string => name.replaceAll(/[^a-z0-9]/g, '')

function stepPlace(step: GuideStep | undefined): GuidePlace | null {
  if (step === undefined) return null
  const track = googleGuide.tracks.find((each) => each.steps.includes(step))
  const index = track?.steps.indexOf(step) ?? 0
  return { kind: 'step', step, number: index + 1, next: track?.steps[index + 1] ?? null }
}

function firstOf<T>(words: readonly string[], find: (word: string) => T | null): T | null {
  for (const word of words) {
    const found = find(word)
    if (found !== null) return found
  }
  return null
}

/** A text of the guide where there is no bold type: what stands on a page is quoted. */
export const unmarked = (text: string): string => text.replaceAll(/\*\*(.+?)\*\*/g, '“$1”').replaceAll('`', '')
