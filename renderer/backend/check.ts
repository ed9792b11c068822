import type { z } from 'zod'
import { type OperationName, operations } from '../../shared/contract.ts'
import { type EventKind, eventData } from '../../shared/documents.ts'
import { Problem, toProblem } from '../../shared/errors.ts'
import { words } from '../words/words.ts'
import { type EventOf, type Output, ownProblem, ProblemError } from './backend.ts'

/** What crosses the border is what the contract says, in both directions. Throws a `ProblemError`. */
export function checkedInput(row: { readonly input: z.ZodType }, input: unknown): Record<string, unknown> {
  const parsed = row.input.safeParse(input)
  if (!parsed.success) throw new ProblemError(toProblem(parsed.error))
  return input as Record<string, unknown>
}

/** The answer to an operation. Throws a `ProblemError` when it is none. */
export function checkedOutput<N extends OperationName>(name: N, value: unknown): Output<N> {
  const parsed = operations[name].output.safeParse(value)
  if (!parsed.success) throw notOurs()
  return parsed.data as Output<N>
}

/** The data of an event. Throws a `ProblemError` when it is none. */
export function checkedEvent<K extends EventKind>(kind: K, data: unknown): EventOf<K> {
  const parsed = eventData[kind].safeParse(data)
  if (!parsed.success) throw notOurs()
  return parsed.data as EventOf<K>
}

/** The failure that an answer tells of. */
export function toldProblem(answer: unknown): ProblemError {
  const problem = Problem.safeParse(answer)
  return problem.success ? new ProblemError(problem.data) : notOurs()
}

export const notOurs = (): ProblemError =>
  ownProblem('bad_answer', words.frame.problem.notOurs, words.frame.problem.notOursRemedy)

export const unanswered = (): ProblemError =>
  ownProblem('network', words.frame.problem.unanswered, words.frame.problem.unansweredRemedy)
