/** Looking at data sets: searches by structure, scaffolds, and the map of their compounds. */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { errorBodySchema, idSchema, pageSchema, procedure } from './common.ts'

export const structureSearchSchema = z.discriminatedUnion('kind', [
  /** Compounds that contain a pattern: SMARTS, or a structure as SMILES. */
  z.strictObject({ kind: z.literal('substructure'), pattern: z.string().trim().min(1).max(2_000) }),
  /** Compounds at least this similar to a structure, the most similar first. */
  z.strictObject({
    kind: z.literal('similarity'),
    smiles: z.string().trim().min(1).max(10_000),
    threshold: z.number().min(0.05).max(1).default(0.5),
  }),
  /** Compounds inside a polygon drawn on the map. [corners, 2] */
  z.strictObject({
    kind: z.literal('area'),
    polygon: z
      .array(z.tuple([z.number(), z.number()]))
      .min(3)
      .max(500),
  }),
])
export type StructureSearch = z.infer<typeof structureSearchSchema>

export const exploreStageSchema = z.enum(['fingerprints', 'clusters', 'map', 'patterns', 'matching'])
export type ExploreStage = z.infer<typeof exploreStageSchema>

const progressSchema = z.strictObject({
  type: z.literal('progress'),
  stage: exploreStageSchema,
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
})
/** The last event: what a stream throws does not cross every wire as what it is. */
const failedSchema = z.strictObject({ type: z.literal('failed'), error: errorBodySchema })

export const searchEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.strictObject({
    type: z.literal('found'),
    /** Goes into `datasets.rows`, which answers with the pages. */
    searchId: z.string(),
    total: z.int().nonnegative(),
    /** Structures that could not be looked at. */
    refused: z.int().nonnegative(),
  }),
  failedSchema,
])
export type SearchEvent = z.infer<typeof searchEventSchema>

export const prepareEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.strictObject({ type: z.literal('ready') }),
  failedSchema,
])
export type PrepareEvent = z.infer<typeof prepareEventSchema>

/** At most so many points are sent; of larger data sets an even choice. */
export const MAP_POINTS = 10_000

export const mapEventSchema = z.discriminatedUnion('type', [
  progressSchema,
  z.strictObject({
    type: z.literal('placed'),
    /** Compounds on the map, of which the points are a choice. */
    total: z.int().nonnegative(),
    /** Parallel arrays over the points: row index, place, value. */
    rows: z.array(z.int()),
    x: z.array(z.number()),
    y: z.array(z.number()),
    pX: z.array(z.number()),
  }),
  failedSchema,
])
export type MapEvent = z.infer<typeof mapEventSchema>

export const scaffoldSchema = z.strictObject({
  /** SMILES; '' stands for compounds without rings, `null` for those whose scaffold is not known. */
  scaffold: z.string().nullable(),
  count: z.int().positive(),
  /** Over exactly measured values; `null` without any, the deviation without two. */
  meanPX: z.number().nullable(),
  sdPX: z.number().nullable(),
})
export type ScaffoldCount = z.infer<typeof scaffoldSchema>

export const noiseSchema = z.strictObject({
  /** Pooled standard deviation of repeated exact measurements, pX units; `null` without any. */
  sd: z.number().nonnegative().nullable(),
  /** Compounds measured more than once, and their measurements. */
  groups: z.int().nonnegative(),
  records: z.int().nonnegative(),
})
export type Noise = z.infer<typeof noiseSchema>

export const exploreContract = {
  /** Looks through the whole data set, telling how far it is; ends with what was found or why not. Stops with the stream. */
  search: procedure
    .input(z.strictObject({ id: idSchema, search: structureSearchSchema }))
    .output(eventIterator(searchEventSchema)),
  /** Makes what splits and comparisons need of the structures, telling how far it is; at once where it is there. */
  prepare: procedure
    .input(z.strictObject({ id: idSchema, clusters: z.boolean().default(false) }))
    .output(eventIterator(prepareEventSchema)),
  /** Where the compounds lie by similarity; made once for a list of structures and kept. */
  map: procedure.input(z.strictObject({ id: idSchema })).output(eventIterator(mapEventSchema)),
  /** How far repeated measurements of one compound lie apart: what no model can do better than. */
  noise: procedure.input(z.strictObject({ id: idSchema })).output(noiseSchema),
  /** Scaffolds by how many compounds have them. */
  scaffolds: procedure
    .input(
      pageSchema.extend({
        id: idSchema,
        sort: z.enum(['count', 'meanPX', 'sdPX']).default('count'),
        descending: z.boolean().default(true),
      }),
    )
    .output(z.strictObject({ total: z.int().nonnegative(), scaffolds: z.array(scaffoldSchema) })),
}
