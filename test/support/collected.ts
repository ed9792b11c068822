import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Whether a thing is gone when all is collected that nobody holds. Who asks must not hold it either, be it by a variable. */
export async function isCollected(thing: WeakRef<object> | undefined): Promise<boolean> {
  if (thing === undefined) throw new Error('It was never made')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // Until its turn of the loop ends, whatever was looked at in it is held.
  await new Promise((done) => setImmediate(done))
  collect()
  return thing.deref() === undefined
}
