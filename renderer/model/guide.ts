import { findGuidePlace, type GuideError, type GuideStep, googleGuide } from '../../shared/google-guide.ts'

/** The three ways to mail. */
export const ways = ['gmail', 'token', 'demo'] as const
export type Way = (typeof ways)[number]

const [personal, workspace] = googleGuide.tracks
export const personalSteps: readonly GuideStep[] = personal!.steps
export const workspaceSteps: readonly GuideStep[] = workspace!.steps
const allSteps = [...personalSteps, ...workspaceSteps]

export interface GuideSpot {
  readonly way: Way
  /** Null where the address names none. */
  readonly step: GuideStep | null
  /** The error that somebody was sent here for. */
  readonly error: GuideError | null
}

/** Where an address leads: `#/welcome/publish`, `#/welcome/access_denied`, `#/welcome/demo`. Pure. */
export function spotOf(part: string): GuideSpot {
  const way = ways.find((name) => name === part)
  if (way !== undefined) return { way, step: null, error: null }
  const place = part === '' ? null : findGuidePlace(part)
  if (place?.kind === 'step') return { way: 'gmail', step: place.step, error: null }
  if (place?.kind === 'track') return { way: 'gmail', step: place.track.steps[0] ?? null, error: null }
  if (place?.kind === 'error') return { way: 'gmail', step: stepOfError(place.error), error: place.error }
  return { way: 'gmail', step: null, error: null }
}

const stepOfError = ({ cases }: GuideError): GuideStep | null => {
  const [first] = cases
  return allSteps.find(({ id }) => id === first?.step) ?? null
}

export const stepNamed = (id: string): GuideStep | undefined => allSteps.find((step) => step.id === id)

/** What Google may say about a step. */
export const errorsOfStep = ({ id }: GuideStep): readonly GuideError[] =>
  googleGuide.errors.filter(({ cases }) => cases.some(({ step }) => step === id))

/** The error in a line that was copied from Google's page, or that a problem names; null when the guide has none. */
export function errorIn(text: string): GuideError | null {
  const place = findGuidePlace(text)
  return place?.kind === 'error' ? place.error : null
}

/** What is known to be done: what the person ticked, and whatever a client that is here shows. */
export function doneSteps(ticked: ReadonlySet<string>, hasClient: boolean): ReadonlySet<string> {
  const upToClient = personalSteps.slice(0, personalSteps.findIndex(({ id }) => id === 'add-client') + 1)
  return new Set([...ticked, ...(hasClient ? upToClient.map(({ id }) => id) : [])])
}

/** Where to go on: the first step that is not done, in the end the last one. */
export const openStep = (done: ReadonlySet<string>): GuideStep =>
  personalSteps.find(({ id }) => !done.has(id)) ?? personalSteps.at(-1)!

export interface Neighbours {
  readonly number: number
  readonly before: GuideStep | null
  readonly after: GuideStep | null
}

/** The place of a step in its track. */
export function neighboursOf(step: GuideStep): Neighbours {
  const steps = personalSteps.includes(step) ? personalSteps : workspaceSteps
  const index = steps.indexOf(step)
  return { number: index + 1, before: steps[index - 1] ?? null, after: steps[index + 1] ?? null }
}

/** What the guide calls by this name, with the title by which people know it; null where it means something else. */
export function placeNamed(id: string): { readonly id: string; readonly title: string } | null {
  const step = stepNamed(id)
  if (step !== undefined) return step
  const error = googleGuide.errors.find((known) => known.id === id)
  return error === undefined ? null : { id, title: error.shown }
}

/** A text of the guide in pieces: **what stands on a page**, `what is typed`, and addresses. */
export type Piece = { readonly kind: 'text' | 'page' | 'code' | 'link'; readonly text: string }

export function piecesOf(text: string): readonly Piece[] {
  return text
    .split(/(\*\*.+?\*\*|`[^`]+`|https:\/\/[\w./-]*[\w/])/)
    .filter((piece) => piece !== '')
    .map((piece): Piece => {
      if (piece.startsWith('**')) return { kind: 'page', text: piece.slice(2, -2) }
      if (piece.startsWith('`')) return { kind: 'code', text: piece.slice(1, -1) }
      return { kind: piece.startsWith('https://') ? 'link' : 'text', text: piece }
    })
}
