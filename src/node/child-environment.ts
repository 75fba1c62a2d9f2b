/** The environment our child processes get: what the system, the locale and the GPU drivers need, and nothing that was meant for the parent. */

const EXACT = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'OMP_NUM_THREADS',
  'SYSTEMROOT',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
])
const PREFIXES = ['LC_', 'XDG_', 'CUDA_', 'NVIDIA_', 'VK_', 'MESA_', 'BINDERY_CHILD_']

/** `NODE_OPTIONS`, tokens and everything else unknown stays behind. */
export function childEnvironment(parent: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(parent)) {
    const upper = name.toUpperCase()
    if (value === undefined) continue
    if (EXACT.has(upper) || PREFIXES.some(prefix => upper.startsWith(prefix))) environment[name] = value
  }
  return environment
}
