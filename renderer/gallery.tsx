// First of all: the schemas must be made without code from strings.
import './jitless.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { BackendContext } from './backend/context.ts'
import { createFakeBackend, type FakeBackend } from './gallery/fake-backend.ts'
import { States } from './gallery/States.tsx'
import { type GallerySnapshots, gallerySnapshots, type SceneName } from './gallery/snapshots.ts'
import { createSnapshotStore } from './snapshot-store.ts'
import { SnapshotContext } from './use-snapshot.ts'

declare global {
  interface Window {
    /** What tests of the window hold on to. */
    readonly gallery: { readonly backend: FakeBackend; readonly snapshots: GallerySnapshots }
  }
}

/** `?scene=busy` shows the whole window with that snapshot, `?scene=none` before the first one; without it every state of the components. */
const scene = new URLSearchParams(window.location.search).get('scene')
const now = new Date()
const snapshots = gallerySnapshots(now)
const first = scene === 'none' ? null : (snapshots[scene as SceneName] ?? snapshots.busy)
const backend = createFakeBackend(first, now)
Object.assign(window, { gallery: { backend, snapshots } })

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <BackendContext value={backend}>
      <SnapshotContext value={createSnapshotStore(backend)}>
        {scene === null ? <States snapshots={snapshots} /> : <App />}
      </SnapshotContext>
    </BackendContext>
  </StrictMode>,
)
