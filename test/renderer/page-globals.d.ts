import type axe from 'axe-core'
import type { FakeBackend } from '../../renderer/gallery/fake-backend.ts'
import type { GallerySnapshots } from '../../renderer/gallery/snapshots.ts'

declare global {
  interface Window {
    /** Put into the page by a test. */
    readonly axe: typeof axe
    /** What the gallery holds out to tests. */
    readonly gallery: { readonly backend: FakeBackend; readonly snapshots: GallerySnapshots }
  }
}
