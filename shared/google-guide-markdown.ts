import { type GuideError, type GuideStep, googleGuide } from './google-guide.ts'

/** The guide as a document: `docs/google-setup.md`. */
export function guideMarkdown(): string {
  const { title, intro, tracks, errorsTitle, errors } = googleGuide
  const stepIds = new Map(tracks.flatMap(({ id, steps }) => steps.map((step, index) => [step.id, { id, index, step }])))
  const linked = (text: string): string =>
    text.replaceAll(/`([a-z_-]+)`/g, (code, name: string) => {
      const found = stepIds.get(name)
      if (found !== undefined) return `[${found.step.title}](#${anchor(heading(found.id, found.index, found.step))})`
      const error = errors.find(({ id }) => id === name)
      return error === undefined ? code : `[${error.shown}](#${anchor(error.shown)})`
    })

  const stepLines = (track: string, index: number, step: GuideStep): readonly string[] => [
    `### ${heading(track, index, step)}`,
    '',
    ...(step.link === undefined ? [] : [`<${step.link}>`, '']),
    step.why,
    '',
    ...(step.commands === undefined ? [] : ['```sh', ...step.commands, '```', '']),
    ...(step.copy ?? []).flatMap(({ label, value }) => [`${label}:`, '', '```text', value, '```', '']),
    ...step.actions.map((action, number) => `${step.actions.length === 1 ? '' : `${number + 1}. `}${linked(action)}`),
    '',
    `Done when: ${linked(step.result)}`,
    '',
  ]
  const caseLines = ({ cases }: GuideError): readonly string[] =>
    cases.flatMap(({ when, means, remedy, step }) => {
      const where = step === undefined ? '' : ` See: ${linked(`\`${step}\``)}.`
      const text = `${means} ${remedy}${where}`
      return when === undefined ? [linked(text), ''] : [`- **${when}**: ${linked(text)}`]
    })
  const errorLines = (error: GuideError): readonly string[] => {
    const lines = caseLines(error)
    return [`### ${error.shown}`, '', ...lines, ...(lines.at(-1) === '' ? [] : [''])]
  }

  const lines = [
    '<!-- Made by build/manual.ts from shared/google-guide.ts: change that. -->',
    '',
    `# ${title}`,
    '',
    ...intro.flatMap((paragraph) => [paragraph, '']),
    'In a terminal, `mailtide guide` shows the same, `mailtide guide 6` one step, and `mailtide guide access_denied` one error.',
    '',
    ...tracks.map((track) => `- [${track.title}](#${anchor(track.title)})`),
    `- [${errorsTitle}](#${anchor(errorsTitle)})`,
    '',
    ...tracks.flatMap((track) => [
      `## ${track.title}`,
      '',
      track.intro,
      '',
      ...track.steps.flatMap((step, index) => stepLines(track.id, index, step)),
    ]),
    `## ${errorsTitle}`,
    '',
    ...errors.flatMap(errorLines),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

const heading = (track: string, index: number, step: GuideStep): string =>
  track === 'personal' ? `${index + 1}. ${step.title}` : step.title

/** As GitHub makes it of a heading. */
const anchor = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
