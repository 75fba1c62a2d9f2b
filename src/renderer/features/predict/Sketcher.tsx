import { Loader } from '@mantine/core'
import type { CanvasEditor } from 'openchemlib'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { toUiError, type UiError } from '../../api/ui-error.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { useT } from '../../i18n/translate.ts'
import classes from './predict.module.css'

interface SketcherProps {
  /** What is drawn at first, and whenever it is changed from outside. */
  smiles: string
  /** Canonical for the sketcher, not for the application; '' where nothing is drawn. */
  onDraw(smiles: string): void
}

/** OpenChemLib's editor, fetched when it is first shown: a megabyte that most visits do not need. */
export function Sketcher({ smiles, onDraw }: SketcherProps): ReactNode {
  const { t } = useT()
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<{ canvas: CanvasEditor; show(smiles: string): void } | null>(null)
  const drawn = useRef(smiles)
  const told = useRef(onDraw)
  told.current = onDraw
  const [state, setState] = useState<'loading' | 'ready' | UiError>('loading')

  useEffect(() => {
    let wanted = true
    import('openchemlib').then(
      ({ CanvasEditor: Editor, Molecule }) => {
        if (!wanted || host.current === null) return
        const canvas = new Editor(host.current, { initialMode: 'molecule', readOnly: false })
        const show = (text: string): void => {
          try {
            canvas.setMolecule(text === '' ? new Molecule(32, 32) : Molecule.fromSmiles(text))
          } catch {
            // Half a SMILES while it is typed: what is drawn stays until it is whole. The field says what is wrong with it.
          }
        }
        canvas.setOnChangeListener(({ type, isUserEvent }) => {
          if (type !== 'molecule' || !isUserEvent) return
          const molecule = canvas.getMolecule()
          drawn.current = molecule.getAllAtoms() === 0 ? '' : molecule.toIsomericSmiles()
          told.current(drawn.current)
        })
        show(drawn.current)
        editor.current = { canvas, show }
        setState('ready')
      },
      (error: unknown) => wanted && setState(toUiError(error)),
    )
    return () => {
      wanted = false
      editor.current?.canvas.destroy()
      editor.current = null
    }
  }, [])

  useEffect(() => {
    if (smiles === drawn.current) return
    drawn.current = smiles
    editor.current?.show(smiles)
  }, [smiles])

  if (typeof state === 'object') return <ErrorCard error={state} />
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing board is no fieldset
    <div className={classes.board} role="group" aria-label={t('predict.sketcher')}>
      <div ref={host} style={{ height: '100%' }} />
      {state === 'loading' && (
        <Loader size="sm" className={classes.boardWaits ?? ''} aria-label={t('common.loading')} />
      )}
    </div>
  )
}
