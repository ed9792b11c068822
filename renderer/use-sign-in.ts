import { useCallback, useEffect, useRef, useState } from 'react'
import type { Problem } from '../shared/errors.ts'
import type { SignIn } from '../shared/sign-in.ts'
import { type Input, problemOf } from './backend/backend.ts'
import { useBackend } from './backend/context.ts'

export type SignInProgress =
  | { readonly state: 'idle' }
  | { readonly state: 'beginning' }
  | { readonly state: 'under_way'; readonly signIn: SignIn; readonly wrong: Problem | null }
  | { readonly state: 'done'; readonly signIn: SignIn }
  | { readonly state: 'failed'; readonly problem: Problem }

export interface UsedSignIn {
  readonly progress: SignInProgress
  /** Begins one and opens Google's page in the person's browser. */
  begin(input: Input<'signInBegin'>): void
  /** Finishes it with the address at which a browser on another computer ended. */
  finish(redirect: string): void
  /** Gives it up, or clears what is shown of it. */
  leave(): void
}

/** The service tells nobody how far a sign-in is: one asks, as long as one is shown. */
const ASK_EVERY_MS = 1_000

/** A sign-in with Google from its button to its end. */
export function useSignIn(): UsedSignIn {
  const backend = useBackend()
  const [progress, setProgress] = useState<SignInProgress>({ state: 'idle' })
  const isGone = useRef(false)
  useEffect(() => {
    isGone.current = false
    return () => {
      isGone.current = true
    }
  }, [])
  const show = useCallback((next: SignInProgress | ((now: SignInProgress) => SignInProgress)) => {
    if (!isGone.current) setProgress(next)
  }, [])

  const underWay = progress.state === 'under_way' ? progress.signIn.id : null
  useEffect(() => {
    if (underWay === null) return undefined
    const timer = setInterval(() => {
      backend.call('signInShow', { id: underWay }).then(
        (signIn) => show((now) => (isOf(now, underWay) ? progressOf(signIn, now) : now)),
        (error: unknown) => {
          const problem = problemOf(error)
          // A service that does not answer now may answer again; one that knows no such sign-in has ended it.
          if (problem.code === 'not_found') show({ state: 'failed', problem })
        },
      )
    }, ASK_EVERY_MS)
    return () => clearInterval(timer)
  }, [backend, underWay, show])

  const begin = (input: Input<'signInBegin'>): void => {
    setProgress({ state: 'beginning' })
    backend.call('signInBegin', input).then(
      (signIn) => {
        if (isGone.current) return
        setProgress(progressOf(signIn, { state: 'beginning' }))
        // Where that fails, the page can still be opened by its link.
        backend.shell.openUrl(signIn.url).catch(() => undefined)
      },
      (error: unknown) => show({ state: 'failed', problem: problemOf(error) }),
    )
  }
  const finish = (redirect: string): void => {
    if (underWay === null) return
    backend.call('signInCode', { id: underWay, redirect }).then(
      (signIn) => show((now) => progressOf(signIn, now)),
      (error: unknown) => show((now) => (now.state === 'under_way' ? { ...now, wrong: problemOf(error) } : now)),
    )
  }
  const leave = (): void => {
    setProgress({ state: 'idle' })
    // Whatever it answers: a sign-in that is over or unknown is not under way.
    if (underWay !== null) backend.call('signInCancel', { id: underWay }).catch(() => undefined)
  }
  return { progress, begin, finish, leave }
}

const isOf = (progress: SignInProgress, id: string): boolean =>
  progress.state === 'under_way' && progress.signIn.id === id

function progressOf(signIn: SignIn, before: SignInProgress): SignInProgress {
  if (signIn.state === 'done') return { state: 'done', signIn }
  if (signIn.state === 'failed' && signIn.problem !== null) return { state: 'failed', problem: signIn.problem }
  return { state: 'under_way', signIn, wrong: before.state === 'under_way' ? before.wrong : null }
}
