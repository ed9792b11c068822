import { type Answered, createMeddling, type Meddle, rawIdOf } from './meddling.ts'
import { asIfNotAsked } from './sign-ins/at-work.ts'

/** Somebody between the service and Gmail whose manners change from test to test. */
export interface Meddler {
  /** For the harness. */
  readonly wrapUrl: (target: string) => Promise<string>
  /** What is done from now on; null: everything is passed on. What Gmail answered is passed on after `answered`. */
  meddle(how: Meddle | null, answered?: Answered): void
  /** From now on all but the first `count` originals that are asked for are not answered, until the function that this gives is called. */
  holdAfter(count: number): () => void
  close(): void
}

export function createMeddler(): Meddler {
  const { between, close } = createMeddling()
  let meddle: Meddle | null = null
  let answered: Answered | undefined
  return {
    wrapUrl: (target) =>
      between(
        target,
        (path, response) => meddle?.(path, response) ?? false,
        (path, response) => answered?.(path, response),
      ),
    meddle: (how, then) => {
      meddle = how
      answered = then
    },
    holdAfter: (count) => {
      const { promise: released, resolve } = Promise.withResolvers<void>()
      let asked = 0
      const hold: Meddle = async (path, response) => {
        if (rawIdOf(path) === undefined || ++asked <= count) return false
        await asIfNotAsked(response, released)
        return false
      }
      meddle = hold
      return () => {
        if (meddle === hold) meddle = null
        resolve()
      }
    },
    close,
  }
}
