// First of all: the schemas must be made without code from strings.
import './jitless.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { ArrivalContext } from './arrival.ts'
import type { Backend } from './backend/backend.ts'
import { bridgeOf, createBridgeBackend } from './backend/bridge.ts'
import { BackendContext } from './backend/context.ts'
import { createHttpBackend } from './backend/http.ts'
import { redeemCode, takeCode, tokensOf } from './backend/token.ts'
import { Broken } from './components/Broken.tsx'
import { guardFocus } from './focus-guard.ts'
import { createSnapshotStore } from './snapshot-store.ts'
import { SnapshotContext } from './use-snapshot.ts'

const bridge = bridgeOf(window)
const tokens = tokensOf(window)
const code = bridge === null ? takeCode(window) : null
// Before anything is asked, so that nothing is refused first.
const arrival = code === null ? null : await redeemCode(code, tokens)
const backend: Backend = bridge === null ? createHttpBackend({ tokens }) : createBridgeBackend(bridge)
const container = document.getElementById('root')!
guardFocus(container)

const root = createRoot(container, {
  onUncaughtError: () => {
    const place = document.createElement('div')
    container.replaceWith(place)
    createRoot(place).render(<Broken />)
  },
})
root.render(
  <StrictMode>
    <BackendContext value={backend}>
      <SnapshotContext value={createSnapshotStore(backend)}>
        <ArrivalContext value={arrival}>
          <App />
        </ArrivalContext>
      </SnapshotContext>
    </BackendContext>
  </StrictMode>,
)
