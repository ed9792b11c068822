import { useEffect, useState } from 'react'
import { useBackend } from '../../backend/context.ts'
import { Button } from '../../components/Button.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { SettingRow } from '../../components/SettingRow.tsx'
import { useOperation } from '../../use-operation.ts'
import { words } from '../../words/words.ts'
import { ConfirmButtons } from './TableRow.tsx'

const say = words.settings

/** Where the API answers, and its token: masked until one wants to see it. */
export function ApiRows({ port }: { readonly port: number | null }) {
  const { giveToken } = useBackend()
  const { run: show, ...shown } = useOperation('tokenShow')
  const renew = useOperation('tokenRenew')
  const [renewed, setRenewed] = useState<string | null>(null)
  const [isVisible, setVisible] = useState(false)
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    void show({})
  }, [show])
  const token = renewed ?? (shown.state === 'done' ? shown.output.token : null)
  const address = port === null ? null : `http://127.0.0.1:${port}`
  return (
    <>
      <SettingRow
        name={say.address}
        help={address === null ? say.addressOff : <span className="id">{`${address} `}</span>}
      >
        {address === null ? null : <CopyButton text={address} what={say.address} />}
      </SettingRow>
      <SettingRow
        name={say.token}
        help={
          <>
            {say.tokenHelp}
            {token === null ? null : (
              <code className="secret">{isVisible ? token : say.tokenMasked(token.slice(-4))}</code>
            )}
            <ProblemNote
              problem={shown.state === 'failed' && renewed === null ? shown.problem : null}
              onToken={() => void show({})}
            />
            {isAsking ? (
              <Dialog
                title={say.tokenRenewTitle}
                onClose={() => setAsking(false)}
                onSubmit={async () => {
                  const answer = await renew.run({})
                  if (answer === null) return
                  // Before anything else is asked with the old one.
                  giveToken?.(answer.token)
                  setRenewed(answer.token)
                  setAsking(false)
                }}
                actions={
                  <ConfirmButtons
                    label={say.tokenRenew}
                    isPending={renew.state === 'pending'}
                    onCancel={() => setAsking(false)}
                  />
                }
              >
                <p>{say.tokenRenewText}</p>
                <ProblemNote problem={renew.state === 'failed' ? renew.problem : null} />
              </Dialog>
            ) : null}
          </>
        }
      >
        {token === null ? null : (
          <>
            <Button icon="eye" aria-pressed={isVisible} onClick={() => setVisible(!isVisible)}>
              {isVisible ? say.tokenHide : say.tokenShow}
            </Button>
            <CopyButton text={token} what={say.token} />
            <Button
              onClick={() => {
                renew.reset()
                setAsking(true)
              }}
            >
              {say.tokenRenew}
            </Button>
          </>
        )}
      </SettingRow>
    </>
  )
}
