import { z } from 'zod'

// The window's policy allows no code from strings. Must run before any schema is made.
z.config({ jitless: true })
