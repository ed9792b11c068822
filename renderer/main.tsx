// First of all: the schemas must be made without code from strings.
import './jitless.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import type { Backend } from './backend/backend.ts'
import { bridgeOf, createBridgeBackend } from './backend/bridge.ts'
import { BackendContext } from './backend/context.ts'
import { createHttpBackend } from './backend/http.ts'
import { tokensOf } from './backend/token.ts'
import { Broken } from './components/Broken.tsx'
import { createSnapshotStore } from './snapshot-store.ts'
import { SnapshotContext } from './use-snapshot.ts'

const bridge = bridgeOf(window)
const backend: Backend = bridge === null ? createHttpBackend({ tokens: tokensOf(window) }) : createBridgeBackend(bridge)
const container = document.getElementById('root')!

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
        <App />
      </SnapshotContext>
    </BackendContext>
  </StrictMode>,
)
