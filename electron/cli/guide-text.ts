import {
  type GuideError,
  type GuidePlace,
  type GuideStep,
  type GuideTopic,
  googleGuide,
  unmarked,
} from '../../shared/google-guide.ts'
import { wrap } from './lines.ts'
import type { Paint } from './paint.ts'

/** Where the guide says more about an error. */
export const guidePointer = (topic: GuideTopic): string => `More: mailtide guide ${topic}`

/** A place of the guide for a terminal; null is the whole way, from the first step to the last. */
export function guideText(place: GuidePlace | null, paint: Paint): string {
  return `${linesOf(place, paint).join('\n')}\n`
}

function linesOf(place: GuidePlace | null, paint: Paint): readonly string[] {
  if (place === null) return overview(paint)
  switch (place.kind) {
    case 'track':
      return [...trackLines(place.track, paint), '', ...errorsPointer]
    case 'step':
      return [...stepLines(place.step, place.number, paint), '', ...nextLines(place.next)]
    case 'error':
      return errorLines(place.error, paint)
    case 'errors':
      return [...errorList(paint), '', 'Details of one: mailtide guide NAME']
  }
}

const errorsPointer = ['Google shows an error: mailtide guide errors']

const nextLines = (next: GuideStep | null): readonly string[] =>
  next === null ? ['That was the last step.'] : wrap(`Next: ${next.title} (mailtide guide ${next.id})`)

function overview(paint: Paint): readonly string[] {
  const { intro, tracks } = googleGuide
  const [own, ...others] = tracks
  return [
    ...intro.flatMap((paragraph) => [...paragraphLines(paragraph), '']),
    ...(own === undefined ? [] : trackLines(own, paint)),
    '',
    ...others.flatMap(({ id, title }) => `${title}: mailtide guide ${id}`),
    ...errorsPointer,
    'A single step: mailtide guide 1',
  ]
}

const trackLines = ({ title, intro, steps }: (typeof googleGuide.tracks)[number], paint: Paint): readonly string[] => [
  paint.strong(title),
  ...paragraphLines(intro),
  ...steps.flatMap((step, index) => ['', ...stepLines(step, index + 1, paint)]),
]

function stepLines(step: GuideStep, number: number, paint: Paint): readonly string[] {
  return [
    ...wrap(`${number}. ${step.title}`, '', paint.strong),
    ...item(step.why),
    ...(step.link === undefined ? [] : [`   ${step.link}`]),
    ...step.actions.flatMap((action) => item(action, '- ')),
    // On a line of its own, so that it can be copied whole.
    ...(step.copy ?? []).flatMap(({ label, value }) => [`   ${label}:`, `   ${value}`]),
    ...(step.commands ?? []).map((command) => `   ${paint.strong(command)}`),
    ...item(`Done when: ${step.result}`),
  ]
}

function errorLines({ id, shown, cases }: GuideError, paint: Paint): readonly string[] {
  return [
    ...wrap(shown.includes(id) ? shown : `${shown} (${id})`, '', paint.strong),
    ...cases.flatMap(({ when, means, remedy, step }, index) => [
      ...(index === 0 ? [] : ['']),
      ...(when === undefined ? [] : item(`${when}:`)),
      ...item(means),
      ...item(`What to do: ${remedy}`),
      ...(step === undefined ? [] : [`   Where: mailtide guide ${step}`]),
    ]),
  ]
}

function errorList(paint: Paint): readonly string[] {
  const width = Math.max(...googleGuide.errors.map(({ id }) => id.length))
  return [
    paint.strong(googleGuide.errorsTitle),
    ...googleGuide.errors.flatMap(({ id, shown }) => {
      const [first = '', ...rest] = wrap(shown, ' '.repeat(width + 4))
      return [`  ${id.padEnd(width)}  ${first.trimStart()}`, ...rest]
    }),
  ]
}

const paragraphLines = (text: string): readonly string[] => wrap(unmarked(text)).map((line) => line.trimStart())

/** Under the title of its step, with a mark before its first line where it has one. */
const item = (text: string, mark = ''): readonly string[] =>
  wrap(`${mark}${unmarked(text)}`, '   ').map((line) => (mark === '' ? `   ${line.trimStart()}` : line))
