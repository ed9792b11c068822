import { expect, it } from 'vitest'
import { AppError, toProblem } from '../shared/errors.ts'
it('turns a foreseen error into a problem with its code', () => {
  expect(toProblem(new AppError('disk', 'Full')).code).toBe('disk')
})
