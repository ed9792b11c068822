import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'

/** One thing that can be asked of the service, over HTTP and later over IPC. */
export interface Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** What it does, in a sentence without a full stop. */
  readonly summary: string
  /** Foreseen failures beside those that every request can meet. */
  readonly problems?: readonly ErrorCode[]
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** May hold `{name}` for a field of the input that stands in the path. */
  readonly path: string
  /** `open`: anyone on this computer, unless `requireToken`. `token`: always the bearer token. `proof`: nobody: what is sent is itself the proof, or asks for one. */
  readonly auth: 'open' | 'token' | 'proof'
  /** Where the fields that are not in the path travel. */
  readonly from: 'query' | 'body'
  /** The HTTP status of success. */
  readonly success: 200 | 201 | 202
  readonly input: Input
  readonly output: Output
}

/** A row of the contract, with its types kept. */
export const operation = <Input extends z.ZodType, Output extends z.ZodType>(
  row: Operation<Input, Output>,
): Operation<Input, Output> => row
