import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  doneSteps,
  errorIn,
  errorsOfStep,
  neighboursOf,
  openStep,
  personalSteps,
  piecesOf,
  spotOf,
  stepNamed,
  workspaceSteps,
} from '../../../renderer/model/guide.ts'
import { googleGuide } from '../../../shared/google-guide.ts'

const step = (id: string) => stepNamed(id)!

describe('an address within the welcome', () => {
  it('leads to a step, an error, a way, or to where one was', () => {
    expect(spotOf('publish').step?.id).toBe('publish')
    expect(spotOf('6').step?.id).toBe('client')
    expect(spotOf('demo')).toEqual({ way: 'demo', step: null, error: null })
    expect(spotOf('token').way).toBe('token')
    expect(spotOf('workspace').step?.id).toBe('internal')
    expect(spotOf('')).toEqual({ way: 'gmail', step: null, error: null })
    expect(spotOf('rubbish')).toEqual({ way: 'gmail', step: null, error: null })
  })

  it('opens every error of the guide at a step that lists it', () => {
    for (const { id } of googleGuide.errors) {
      const { step: at, error } = spotOf(id)
      expect([id, error?.id]).toEqual([id, id])
      expect(errorsOfStep(at!)).toContain(error)
    }
  })

  it('is never one that breaks the page', () => {
    fc.assert(fc.property(fc.string(), (part) => spotOf(part).way.length > 0))
  })
})

describe('the guide', () => {
  it('goes on at the first step that is not done', () => {
    expect(openStep(new Set()).id).toBe('project')
    expect(openStep(new Set(['project', 'app'])).id).toBe('api')
    expect(openStep(new Set(personalSteps.map(({ id }) => id))).id).toBe('sign-in')
  })

  it('knows by a client that everything before the sign-in is done', () => {
    expect(openStep(doneSteps(new Set(), true)).id).toBe('sign-in')
    expect(openStep(doneSteps(new Set(['project']), false)).id).toBe('api')
  })

  it('leads from step to step within its track', () => {
    expect(neighboursOf(step('project'))).toMatchObject({ number: 1, before: null, after: { id: 'api' } })
    expect(neighboursOf(step('sign-in'))).toMatchObject({ number: 8, before: { id: 'add-client' }, after: null })
    expect(neighboursOf(step('internal'))).toMatchObject({ number: 1, before: null })
    expect(neighboursOf(workspaceSteps.at(-1)!).after).toBeNull()
  })

  it('finds the error in a line from Google’s page', () => {
    expect(errorIn('Error 403: access_denied')?.id).toBe('access_denied')
    expect(errorIn('Something went wrong')).toBeNull()
  })

  it('is cut into what is read, clicked, typed and opened, and loses nothing', () => {
    expect(piecesOf('Click **Add** in `a` at https://a.example/b.')).toEqual([
      { kind: 'text', text: 'Click ' },
      { kind: 'page', text: 'Add' },
      { kind: 'text', text: ' in ' },
      { kind: 'code', text: 'a' },
      { kind: 'text', text: ' at ' },
      { kind: 'link', text: 'https://a.example/b' },
      { kind: 'text', text: '.' },
    ])
    const texts = [...googleGuide.tracks.flatMap(({ steps }) => steps), ...googleGuide.errors].map((part) =>
      JSON.stringify(part),
    )
    for (const text of texts) {
      const again = piecesOf(text)
        .map(({ kind, text: part }) => (kind === 'page' ? `**${part}**` : kind === 'code' ? `\`${part}\`` : part))
        .join('')
      expect(again).toBe(text)
    }
  })
})
