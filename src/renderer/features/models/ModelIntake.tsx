import type { ReactNode } from 'react'
import { useModelIntake } from '../../api/model-intake.ts'
import { ImportModel } from './ImportModel.tsx'
import { RegisterForeign } from './RegisterForeign.tsx'

/** The dialog of the model that waits first to be taken in, wherever its file was dropped. */
export function ModelIntake(): ReactNode {
  const { asked, next } = useModelIntake()
  const [first] = asked
  if (first === undefined) return null
  const Dialog = first.kind === 'passport' ? ImportModel : RegisterForeign
  return <Dialog key={first.key} file={first.file} onClose={next} />
}
