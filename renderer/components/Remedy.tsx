import { type ReactNode, useRef } from 'react'
import type { RemedyAction, RemedyView } from '../model/remedy.ts'
import { hrefOf } from '../navigation.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Icon } from './Icon.tsx'
import { PageLink, useHasPage } from './PageLink.tsx'

const say = words.remedies.action

export interface RemedyProps {
  readonly view: RemedyView
  /** What was asked for is under way. */
  readonly isPending: boolean
  /** The client ID was copied. */
  readonly isCopied: boolean
  /** Whether the data folder can be shown. */
  readonly canOpenFolder: boolean
  readonly onAction: (
    action: Exclude<RemedyAction, { kind: 'bring_client' | 'show_how' | 'open_url' | 'settings' }>,
  ) => void
  /** The person brought the file of an OAuth client. */
  readonly onClientFile: (file: File) => void
  readonly children?: ReactNode
}

/** The cause of a trouble and its remedy, where the trouble is. The last button is the one to press. */
export function Remedy({ view, isPending, isCopied, canOpenFolder, onAction, onClientFile, children }: RemedyProps) {
  const hasGuide = useHasPage('welcome')
  const actions = view.actions.filter(
    ({ kind }) => (kind !== 'open_folder' || canOpenFolder) && (kind !== 'show_how' || hasGuide),
  )
  return (
    <div className="remedy" data-tone={view.tone}>
      <p>{view.text}</p>
      <div className="controls">
        {actions.map((action, index) => (
          <ActionButton
            key={action.kind}
            action={action}
            isFilled={index === actions.length - 1}
            {...{ isPending, isCopied, onAction, onClientFile }}
          />
        ))}
      </div>
      {children}
    </div>
  )
}

interface ActionButtonProps extends Pick<RemedyProps, 'isPending' | 'isCopied' | 'onAction' | 'onClientFile'> {
  readonly action: RemedyAction
  readonly isFilled: boolean
}

function ActionButton({ action, isFilled, isPending, isCopied, onAction, onClientFile }: ActionButtonProps) {
  const kind = isFilled ? 'turn' : 'plain'
  const className = isFilled ? 'btn btn-turn' : 'btn'
  switch (action.kind) {
    case 'sign_in':
      return (
        <Button kind={kind} isPending={isPending} onClick={() => onAction(action)}>
          {action.label}
        </Button>
      )
    case 'open_url':
      return (
        <a className={className} href={action.url} target="_blank" rel="noopener noreferrer">
          {action.label}
          <Icon name="open" isSmall />
        </a>
      )
    case 'show_how':
      return (
        <a className={className} href={hrefOf('welcome', 'publish')}>
          {say.showHow}
        </a>
      )
    case 'settings':
      return (
        <PageLink className={className} page="settings" part="storage">
          {say.settings}
        </PageLink>
      )
    case 'bring_client':
      return <FileButton kind={kind} isPending={isPending} onFile={onClientFile} />
    case 'copy_client_id':
      return (
        <Button kind={kind} icon={isCopied ? 'ok' : 'copy'} isPending={isPending} onClick={() => onAction(action)}>
          {isCopied ? say.copied : say.copyClientId}
        </Button>
      )
    case 'open_folder':
      return (
        <Button kind={kind} icon="folder" onClick={() => onAction(action)}>
          {say.openFolder}
        </Button>
      )
    case 'try_again':
      return (
        <Button kind={kind} isPending={isPending} onClick={() => onAction(action)}>
          {say.tryAgain}
        </Button>
      )
  }
}

interface FileButtonProps {
  readonly kind: 'plain' | 'turn'
  readonly isPending: boolean
  readonly onFile: (file: File) => void
}

function FileButton({ kind, isPending, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file !== undefined) onFile(file)
        }}
      />
      <Button kind={kind} icon="file" isPending={isPending} onClick={() => input.current?.click()}>
        {say.bringClient}
      </Button>
    </>
  )
}
