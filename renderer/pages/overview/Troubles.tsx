import { useEffect, useState } from 'react'
import type { AccountSnapshot } from '../../../shared/status.ts'
import type { Output } from '../../backend/backend.ts'
import { TroubleList } from '../../components/TroubleList.tsx'
import { useOperation } from '../../use-operation.ts'

/** More than anybody reads; the log has all of them. */
const SHOWN = 200

/** The messages of an account that could not be stored or read, asked for anew when their number changes. */
export function Troubles({ account: { email, messages_failed } }: { readonly account: AccountSnapshot }) {
  const { run, ...asked } = useOperation('failures')
  const retry = useOperation('failuresRetry')
  // What was known stands until something newer is: the list must not blink.
  const [known, setKnown] = useState<Output<'failures'> | null>(null)
  const answer = asked.state === 'done' ? asked.output : null
  if (answer !== null && answer !== known) setKnown(answer)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number of failed messages means another list
  useEffect(() => {
    void run({ account: email, limit: SHOWN })
  }, [run, email, messages_failed])
  const failed = asked.state === 'failed' ? asked.problem : retry.state === 'failed' ? retry.problem : null
  return (
    <TroubleList
      email={email}
      failures={known?.failures ?? null}
      total={known?.total ?? 0}
      isTrying={retry.state === 'pending'}
      problem={failed}
      onTryNow={async () => {
        const tried = await retry.run({ account: email })
        if (tried !== null) await run({ account: email, limit: SHOWN })
      }}
    />
  )
}
