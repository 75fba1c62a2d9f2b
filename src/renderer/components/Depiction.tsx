import { useComputedColorScheme } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { type Drawing, depictionOf } from '../api/depictions.ts'
import { useT } from '../i18n/translate.ts'
import classes from './layout.module.css'

interface DepictionProps {
  smiles: string
  width: number
  height: number
}

/** A structure as an image. The SVG comes from the application and is shown as a picture, never as part of the page. */
export function Depiction({ smiles, width, height }: DepictionProps): ReactNode {
  const { t } = useT()
  const theme = useComputedColorScheme('light')
  const [drawing, setDrawing] = useState<Drawing | undefined>()

  useEffect(() => {
    let wanted = true
    void depictionOf({ smiles, width, height, theme }).then(answer => wanted && setDrawing(answer))
    return () => {
      wanted = false
    }
  }, [smiles, width, height, theme])

  if (!drawing || drawing.svg === null) {
    return (
      <div className={classes.depictionEmpty} style={{ width, height }}>
        {drawing && (height > 40 ? t('depiction.none') : '–')}
      </div>
    )
  }
  return (
    <img
      className={classes.depiction}
      src={`data:image/svg+xml,${encodeURIComponent(drawing.svg)}`}
      alt={t('depiction.of', { smiles: drawing.smiles })}
      width={width}
      height={height}
      draggable={false}
    />
  )
}
