import { useState } from 'react'
import { type GuideError, googleGuide } from '../../shared/google-guide.ts'
import { errorIn, stepNamed } from '../model/guide.ts'
import { hrefOf } from '../navigation.ts'
import { words } from '../words/words.ts'
import { Disclosure } from './Disclosure.tsx'
import { Field } from './Field.tsx'
import { GuideText } from './GuideText.tsx'
import { Said } from './Said.tsx'

const say = words.welcome

/** What an error of Google's means, and what to do: every case of it. */
export function GuideErrorCases({ error }: { readonly error: GuideError }) {
  return (
    <div className="cases">
      {error.cases.map(({ when, means, remedy, step: id }) => {
        const step = id === undefined ? undefined : stepNamed(id)
        return (
          <p key={`${when}${means}`}>
            {when === undefined ? null : (
              <b className="when">
                <GuideText text={`${when}:`} />
              </b>
            )}{' '}
            <GuideText text={`${means} ${remedy}`} />
            {step === undefined ? null : (
              <>
                {' '}
                <Said
                  text={say.guide.step(<a href={hrefOf('welcome', step.id)}>{step.title}</a>)}
                  part={(part) => part}
                />
                .
              </>
            )}
          </p>
        )
      })}
    </div>
  )
}

/** Errors by what one sees of them, closed until somebody meets one. */
export function GuideErrorList({
  errors,
  open = null,
}: {
  readonly errors: readonly GuideError[]
  readonly open?: string | null
}) {
  return (
    <div className="help-list">
      {errors.map((error) => (
        <Disclosure key={error.id} title={error.shown} isOpen={error.id === open}>
          <GuideErrorCases error={error} />
        </Disclosure>
      ))}
    </div>
  )
}

/** Finds the error in what somebody copied from Google's page. */
export function GuideErrorSearch({ open }: { readonly open: GuideError | null }) {
  const [text, setText] = useState('')
  const found = text.trim() === '' ? null : errorIn(text)
  return (
    <>
      <Field
        label={say.errors.label}
        help={say.errors.help}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      <div role="status">
        {found === null && text.trim() !== '' ? <p className="note">{say.errors.unknown}</p> : null}
        {found === null ? null : (
          <div className="found">
            <b>{found.shown}</b>
            <GuideErrorCases error={found} />
          </div>
        )}
      </div>
      {found === null ? <GuideErrorList key={open?.id} errors={googleGuide.errors} open={open?.id ?? null} /> : null}
    </>
  )
}
