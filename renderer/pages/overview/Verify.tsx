import { useEffect, useState } from 'react'
import type { AccountAudit } from '../../../shared/audit.ts'
import type { AccountSnapshot } from '../../../shared/status.ts'
import { VerifyDialog } from '../../components/VerifyDialog.tsx'
import { useOperation } from '../../use-operation.ts'

export interface VerifyProps {
  readonly account: AccountSnapshot
  readonly onClose: () => void
}

/** Is the copy of the account complete: asked for anew whenever a look at it has ended. */
export function Verify({ account: { email, completeness }, onClose }: VerifyProps) {
  const { run, ...asked } = useOperation('verifyShow')
  const begin = useOperation('verifyBegin')
  const cancel = useOperation('verifyCancel')
  // What was known stands until something newer is.
  const [known, setKnown] = useState<AccountAudit | null>(null)
  const answer = asked.state === 'done' ? (asked.output.accounts[0] ?? null) : null
  if (answer !== null && answer !== known) setKnown(answer)
  const isRunning = completeness.running !== null
  // biome-ignore lint/correctness/useExhaustiveDependencies: another time or the end of a look means another answer
  useEffect(() => {
    if (!isRunning) void run({ account: email })
  }, [run, email, isRunning, completeness.checked_at, completeness.differences])
  const failed = [asked, begin, cancel].find((operation) => operation.state === 'failed')
  return (
    <VerifyDialog
      email={email}
      completeness={completeness}
      audit={known}
      isPending={begin.state === 'pending' || cancel.state === 'pending'}
      problem={failed?.state === 'failed' ? failed.problem : null}
      onVerify={(repair) => void begin.run({ account: email, repair })}
      onEnd={() => void cancel.run({})}
      onClose={onClose}
    />
  )
}
