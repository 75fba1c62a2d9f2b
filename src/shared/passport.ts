/**
 * A passport: one file that holds all of a model, so that whoever gets it can use the model and see for himself that it gives the results
 * its card states. A ZIP archive of files stored as they are; the first is the manifest below, the others are those of the model's
 * folder. docs/passport.md describes the format.
 */
import { z } from 'zod'

export const PASSPORT_FORMAT = 'bindery-passport-1'
export const PASSPORT_EXTENSION = '.bindery-model'
export const MANIFEST_FILE = 'passport.json'

export const passportRoleSchema = z.enum(['card', 'model', 'domain', 'kernels', 'holdout'])
export type PassportRole = z.infer<typeof passportRoleSchema>

/** The name of each part in the archive and in the folder of a model. In this order, behind the manifest. */
export const PASSPORT_FILES: { readonly [R in PassportRole]: string } = {
  card: 'card.json',
  model: 'model.onnx',
  domain: 'domain.bin',
  kernels: 'kernels.bin',
  holdout: 'holdout.bin',
}

/** Bytes a part may have; the model may be as large as ONNX's own format allows to be read at once, half of that. */
export const PASSPORT_LIMITS: { readonly [R in PassportRole | 'manifest']: number } = {
  manifest: 1024 ** 2,
  card: 64 * 1024 ** 2,
  model: 1024 ** 3,
  domain: 512 * 1024 ** 2,
  kernels: 1024 ** 3,
  holdout: 512 * 1024 ** 2,
}

export const onnxPortSchema = z.strictObject({
  name: z.string().min(1).max(255),
  /** ONNX's code: 1 float32, 6 int32, 7 int64, 11 float64. */
  elementType: z.int().positive(),
  /** A text names a size that is not fixed. */
  dims: z.array(z.union([z.int(), z.string(), z.null()])).max(8),
})

export const passportManifestSchema = z.strictObject({
  format: z.literal(PASSPORT_FORMAT),
  name: z.string().trim().min(1).max(255),
  /** Of the model where it was exported. */
  version: z.int().positive(),
  /** Under which terms it may be used; '' where nothing was said. */
  licence: z.string().max(10_000),
  /** What the ONNX file must be found to be. */
  onnx: z.strictObject({
    opset: z.int().positive(),
    inputs: z.array(onnxPortSchema).min(1).max(64),
    outputs: z.array(onnxPortSchema).min(1).max(16),
  }),
  files: z
    .array(
      z.strictObject({
        role: passportRoleSchema,
        name: z.string(),
        sizeBytes: z.int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(3)
    .max(passportRoleSchema.options.length),
})
export type PassportManifest = z.infer<typeof passportManifestSchema>

/** In one line, what a schema has found wanting. */
export function problemsOf(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll('\n', ' ').slice(0, 1000)
}
