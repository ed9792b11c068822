import { expect, it } from 'vitest'
import { closeInReverse } from '../../electron/service/close-in-reverse.ts'

it('what does not close keeps nothing else open, and is told when all is closed', async () => {
  const closed: string[] = []
  const closer = (name: string, failure?: Error) => async (): Promise<void> => {
    closed.push(name)
    if (failure !== undefined) throw failure
  }
  const stuck = new Error('it hangs on to something')
  const closing = closeInReverse([closer('database'), closer('worker', new Error('later')), closer('demo', stuck)])
  await expect(closing).rejects.toBe(stuck)
  expect(closed).toEqual(['demo', 'worker', 'database'])
})
