/**
 * Whether something failed because memory could not be had. The runtime and V8 say it in words only: ONNX Runtime's arenas ("Failed to
 * allocate memory for requested buffer of size …"), C++ (`bad_alloc`), the system (`Cannot allocate memory`), CUDA, Direct3D and
 * WebGPU devices, V8's heap, and V8 for a typed array it cannot make.
 */
const WORDS =
  /heap out of memory|bad_alloc|Failed to allocate memory|Cannot allocate memory|out of memory|E_OUTOFMEMORY|Array buffer allocation failed/i

export function isOutOfMemory(text: string): boolean {
  return WORDS.test(text)
}

export function isOutOfMemoryError(error: unknown): boolean {
  return error instanceof Error && (isOutOfMemory(error.message) || isOutOfMemoryError(error.cause))
}
