import type { ReactNode } from 'react'
import type { Fate, RowCounts } from '../../../shared/contract/datasets.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import classes from './charts.module.css'

export const FATES = ['accepted', 'altered', 'merged', 'rejected'] as const satisfies readonly Fate[]

/** What became of the rows that were read. The four parts add up to the whole. */
export function FateStrip({ rows }: { rows: RowCounts }): ReactNode {
  const { t, language } = useT()
  return (
    <div>
      <div className={classes.fates} style={{ marginBottom: 6 }}>
        <strong>{t('fates.read', { count: rows.read })}</strong>
        {FATES.map(fate => (
          <span key={fate}>
            <span className={classes.dot} style={{ background: `var(--fate-${fate})` }} aria-hidden />
            {formatCount(rows[fate], language)} {t(`fate.${fate}`)}
          </span>
        ))}
      </div>
      <div className={classes.strip} aria-hidden>
        {FATES.map(fate =>
          rows[fate] > 0 ? (
            <div key={fate} style={{ flexGrow: rows[fate], flexBasis: 0, background: `var(--fate-${fate})` }} />
          ) : null,
        )}
      </div>
    </div>
  )
}
